-- Records found within the last 30 days that earlier answers for their seconds lacked. Set the
-- parameter lookback_hours of miatel_extract to the greatest suggested_lookback_hours, or later
-- records of this kind are found by nobody.
{{ config(severity='warn') }}

with now as (
    select max(requested_at) as last_requested_at from {{ ref('extract_requests') }}
)

select
    late_records.mdr_date,
    late_records.found_at,
    late_records.record_count,
    late_records.most_hours,
    late_records.suggested_lookback_hours
from {{ ref('late_records') }} as late_records
cross join now
where late_records.found_at > {{ seconds_after('now.last_requested_at', -30 * 86400) }}
