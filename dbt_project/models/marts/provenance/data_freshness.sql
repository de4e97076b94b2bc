with completeness as (
    select * from {{ ref('completeness_daily') }}
),

coverage as (
    select * from {{ ref('extract_coverage') }}
),

requests as (
    select * from {{ ref('extract_requests') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

maturity as (
    select * from {{ ref('int_maturity') }}
),

days as (
    select * from {{ ref('int_days_maturity') }}
),

landed as (
    select
        min(start_at) as first_landed_at,
        max(end_at) as last_landed_at,
        max(requested_at) as last_requested_at,
        count(distinct mdr_date) as day_count,
        count(case when interval_type = 'gap' then 1 end) as gap_count,
        coalesce(sum(case when interval_type = 'gap' then duration_seconds end), 0) as gap_seconds
    from coverage
),

request_counts as (
    select count(*) as request_count
    from requests
),

unknown_codes as (
    select count(*) as unknown_code_count
    from (
        select response_code as code
        from response_codes
        where not is_documented
        union all
        select delivery_code as code
        from delivery_statuses
        where not is_documented
    ) as codes
),

segments as (
    select
        sum(segment_count) as segment_count,
        sum(pending_segment_count) as open_receipt_count
    from completeness
),

mature_hours as (
    select
        {{ start_of_day('mdr_date') }} as start_at,
        least(
            {{ start_of_hour('mature_until_at') }}, {{ start_of_day('mdr_date + 1') }}
        ) as mature_until_at
    from days
),

mature as (
    select max(mature_until_at) as mature_until_at
    from mature_hours
    where mature_until_at > start_at
),

final as (
    select
        landed.first_landed_at,
        landed.last_landed_at,
        landed.last_requested_at,
        landed.day_count,
        landed.gap_count,
        cast(landed.gap_seconds as bigint) as gap_seconds,
        request_counts.request_count,
        cast(segments.segment_count as bigint) as segment_count,
        cast(segments.open_receipt_count as bigint) as open_receipt_count,
        unknown_codes.unknown_code_count,
        cast(maturity.maturity_seconds as bigint) as maturity_seconds,
        least(mature.mature_until_at, landed.last_landed_at) as mature_until_at,
        cast('{{ run_started_at }}' as {{ moment_type() }}) as built_at,
        cast('{{ invocation_id }}' as {{ text_type() }}) as build_id
    from landed
    cross join request_counts
    cross join segments
    cross join unknown_codes
    cross join maturity
    cross join mature
)

select * from final
