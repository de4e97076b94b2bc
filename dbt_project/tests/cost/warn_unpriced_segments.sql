-- Segments of the last 30 landed days that should have a price and have none that can be read. The
-- costs of these places are too low by their prices. What was sent stands in the raw file's `extra`
-- under "price"; a missing price is asked for again within the lookback.
{{ config(severity='warn') }}

with last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
)

select
    daily.mdr_date,
    daily.account_name,
    daily.mccmnc,
    daily.currency,
    sum(daily.unpriced_segment_count) as unpriced_segment_count,
    sum(daily.segment_count) as segment_count
from {{ ref('int_delivery_daily') }} as daily
cross join last_day
where daily.mdr_date > last_day.mdr_date - 30 and daily.unpriced_segment_count > 0
group by daily.mdr_date, daily.account_name, daily.mccmnc, daily.currency
