with intervals as (
    {{ coverage_intervals(ref('stg_miatel__day_files')) }}
),

landed as (
    select
        *,
        max(end_at) over (
            order by start_at
            rows between unbounded preceding and 1 preceding
        ) as landed_until_at
    from intervals
),

unioned as (
    select
        'landed' as interval_type,
        mdr_date,
        file_path,
        start_at,
        end_at,
        row_count,
        {{ request_key() }} as request_key,
        run_id,
        requested_at,
        request_start_at,
        request_end_at,
        request_row_count,
        body_sha256
    from landed
    union all by name
    select
        'gap' as interval_type,
        landed_until_at as start_at,
        start_at as end_at
    from landed
    where start_at > landed_until_at
),

final as (
    select
        interval_type,
        start_at,
        end_at,
        {{ seconds_between('start_at', 'end_at') }} as duration_seconds,
        mdr_date,
        file_path,
        row_count,
        request_key,
        run_id,
        requested_at,
        request_start_at,
        request_end_at,
        request_row_count,
        body_sha256
    from unioned
)

select * from final
