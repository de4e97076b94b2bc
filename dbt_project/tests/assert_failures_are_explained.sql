-- Every failed segment has at least one reason, and none is counted more than once in a code type.
-- A retired day has its sums only.
with failed as (
    select
        mdr_date,
        count(*) as failed_segments
    from {{ ref('fct_mdr') }}
    where outcome = 'failed'
    group by mdr_date
),

reasons as (
    select
        mdr_date,
        sum(segment_count) as reasons,
        max(per_type) as most_of_a_type
    from (
        select
            mdr_date,
            segment_count,
            sum(segment_count) over (partition by mdr_date, code_type) as per_type
        from {{ ref('failure_reasons_daily') }}
    )
    group by mdr_date
)

select
    coalesce(failed.mdr_date, reasons.mdr_date) as mdr_date,
    failed.failed_segments,
    reasons.reasons,
    reasons.most_of_a_type
from failed
full outer join reasons on failed.mdr_date = reasons.mdr_date
where
    (
        failed.mdr_date is null
        or reasons.mdr_date is null
        or reasons.reasons < failed.failed_segments
        or reasons.most_of_a_type > failed.failed_segments
    )
    and coalesce(failed.mdr_date, reasons.mdr_date) not in (
        select day_files.mdr_date
        from {{ ref('stg_miatel__day_files') }} as day_files
        where day_files.retired_at is not null
    )
