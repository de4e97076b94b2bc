with documented as (
    select
        code as response_code,
        status as smpp_status,
        description as meaning
    from {{ ref('response_codes') }}
    union all
    select
        {{ none_text() }} as response_code,
        null as smpp_status,
        'no response code' as meaning
),

codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

seen as (
    select distinct response_code from codes_daily
),

codes as (
    select
        coalesce(documented.response_code, seen.response_code) as response_code,
        documented.smpp_status,
        coalesce(documented.meaning, 'undocumented') as meaning,
        documented.response_code is not null as is_documented,
        seen.response_code is not null as is_seen
    from documented
    full outer join seen on documented.response_code = seen.response_code
),

final as (
    select
        *,
        {{ response_class('response_code', 'is_documented') }} as response_class,
        {{ code_label('response_code', 'meaning') }} as label
    from codes
)

select * from final
