-- Delivered segments of the last 30 landed days whose receipt has a time that cannot be true. They
-- are in no percentile. fct_mdr shows them: has_implausible_receipt, and receipt_at as it was sent.
{{ config(severity='warn') }}

with last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
)

select
    daily.mdr_date,
    daily.mccmnc,
    daily.implausible_receipt_count,
    daily.receipt_count
from {{ ref('int_latency_daily') }} as daily
cross join last_day
where daily.mdr_date > last_day.mdr_date - 30 and daily.implausible_receipt_count > 0
