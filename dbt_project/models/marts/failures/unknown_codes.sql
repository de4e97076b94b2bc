with codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

documented as (
    select
        'response' as code_type,
        response_code as code
    from response_codes
    where is_documented
    union all
    select
        'delivery' as code_type,
        delivery_code as code
    from delivery_statuses
    where is_documented
),

-- whatever became of the segment: a code may be new without failing anything
seen as (
    select
        'response' as code_type,
        response_code as code,
        mdr_date,
        segment_count
    from codes_daily
    where response_code <> {{ none_text() }}
    union all
    select
        'delivery' as code_type,
        delivery_code as code,
        mdr_date,
        segment_count
    from codes_daily
    where delivery_code <> {{ none_text() }}
),

final as (
    select
        seen.code_type,
        seen.code,
        min(seen.mdr_date) as first_seen_date,
        max(seen.mdr_date) as last_seen_date,
        {{ total('seen.segment_count') }} as segment_count
    from seen
    left join documented on seen.code_type = documented.code_type and seen.code = documented.code
    where documented.code is null
    group by seen.code_type, seen.code
)

select * from final
