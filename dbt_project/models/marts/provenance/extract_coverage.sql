with intervals as (
    {{ coverage_intervals(ref('stg_miatel__day_files')) }}
),

failed_gaps as (
    select * from {{ ref('stg_miatel__failed_gaps') }}
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

missing as (
    select
        landed_until_at,
        start_at
    from landed
    where start_at > landed_until_at
),

-- a gap may have been asked for in parts and several times: the latest failure speaks
gaps as (
    select
        missing.landed_until_at,
        missing.start_at,
        failed_gaps.error as gap_error_name,
        failed_gaps.reason as gap_reason,
        failed_gaps.failed_at as gap_failed_at,
        row_number() over (
            partition by missing.start_at
            order by failed_gaps.failed_at desc nulls last, failed_gaps.reason asc
        ) as failure_rank
    from missing
    left join failed_gaps
        on
            missing.landed_until_at < failed_gaps.end_at
            and missing.start_at > failed_gaps.start_at
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
        body_sha256,
        answered_at,
        clock,
        origin,
        null as gap_error_name,
        null as gap_reason,
        null as gap_failed_at
    from landed
    union all
    select
        'gap' as interval_type,
        null as mdr_date,
        null as file_path,
        landed_until_at as start_at,
        start_at as end_at,
        null as row_count,
        null as request_key,
        null as run_id,
        null as requested_at,
        null as request_start_at,
        null as request_end_at,
        null as request_row_count,
        null as body_sha256,
        null as answered_at,
        null as clock,
        null as origin,
        gap_error_name,
        gap_reason,
        gap_failed_at
    from gaps
    where failure_rank = 1
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
        body_sha256,
        answered_at,
        clock,
        origin,
        gap_error_name,
        gap_reason,
        gap_failed_at
    from unioned
)

select * from final
