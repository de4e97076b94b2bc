with documented as (
    select * from {{ ref('response_codes') }}
),

codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

seen as (
    select distinct response_code
    from codes_daily
    where response_code is not null
),

codes as (
    select
        coalesce(documented.code, seen.response_code) as response_code,
        documented.status as smpp_status,
        coalesce(documented.description, 'unknown') as meaning,
        documented.code is not null as is_documented,
        seen.response_code is not null as is_seen
    from documented
    full outer join seen on documented.code = seen.response_code
),

final as (
    select
        *,
        {{ response_class('response_code', 'is_documented') }} as response_class
    from codes
)

select * from final
