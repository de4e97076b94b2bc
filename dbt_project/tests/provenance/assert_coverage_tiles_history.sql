-- From the first to the last landed second, intervals and gaps follow each other without overlap.
select *
from (
    select
        *,
        lead(start_at) over (order by start_at) as next_start_at
    from {{ ref('extract_coverage') }}
)
where duration_seconds <= 0 or next_start_at <> end_at
