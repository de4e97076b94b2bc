-- Days of the last 30 landed ones on which ids do not tell records apart: a node and sms id was
-- used again, or more than 1 % of the records have no id. All of them are kept. Ask Miatel why ids
-- repeat or are missing, and join no other data by them meanwhile.
{{ config(severity='warn') }}

{%- set most_without_id = 0.01 %}

with last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
)

select
    daily.mdr_date,
    daily.record_count,
    daily.records_without_id_count,
    daily.shared_sms_id_count,
    daily.shared_message_id_count
from {{ ref('record_identity_daily') }} as daily
cross join last_day
where
    daily.mdr_date > last_day.mdr_date - 30
    and (
        daily.shared_sms_id_count > 0
        or daily.records_without_id_count > {{ most_without_id }} * daily.record_count
    )
