-- Every failed segment has at least one reason, and none is counted more than once in a code type.
with failed as (
    select
        mdr_date,
        sum(failed_segment_count) as failed_segments
    from {{ ref('int_delivery_daily') }}
    group by mdr_date
),

reasons as (
    select
        mdr_date,
        sum(segment_count) as reasons,
        sum(case when code_type = 'response' then segment_count else 0 end) as responses,
        sum(case when code_type = 'delivery' then segment_count else 0 end) as deliveries
    from {{ ref('int_failures_daily') }}
    group by mdr_date
)

select
    coalesce(failed.mdr_date, reasons.mdr_date) as mdr_date,
    failed.failed_segments,
    reasons.responses,
    reasons.deliveries
from failed
full outer join reasons on failed.mdr_date = reasons.mdr_date
where
    coalesce(reasons.reasons, 0) < coalesce(failed.failed_segments, 0)
    or coalesce(reasons.responses, 0) > coalesce(failed.failed_segments, 0)
    or coalesce(reasons.deliveries, 0) > coalesce(failed.failed_segments, 0)
