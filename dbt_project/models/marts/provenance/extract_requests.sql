with coverage as (
    select * from {{ ref('extract_coverage') }}
),

requests as (
    select
        request_key,
        min(run_id) as run_id,
        min(requested_at) as requested_at,
        min(request_start_at) as request_start_at,
        min(request_end_at) as request_end_at,
        min(request_row_count) as request_row_count,
        min(body_sha256) as body_sha256,
        min(answered_at) as answered_at,
        min(clock) as clock,
        min(origin) as origin,
        count(distinct mdr_date) as day_count,
        cast(sum(row_count) as bigint) as landed_row_count,
        cast(sum(duration_seconds) as bigint) as landed_seconds
    from coverage
    where interval_type = 'landed'
    group by request_key
),

final as (
    select
        *,
        landed_seconds < {{ seconds_between('request_start_at', 'request_end_at') }}
            as is_superseded
    from requests
)

select * from final
