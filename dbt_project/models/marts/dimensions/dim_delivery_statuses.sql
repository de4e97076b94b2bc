with documented as (
    select * from {{ ref('delivery_statuses') }}
),

codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

seen as (
    select distinct delivery_code
    from codes_daily
    where delivery_code is not null
),

codes as (
    select
        coalesce(documented.dlr_code, seen.delivery_code) as delivery_code,
        coalesce(documented.name, 'unknown') as status_name,
        coalesce(documented.description, 'unknown') as meaning,
        documented.dlr_code is not null as is_documented,
        seen.delivery_code is not null as is_seen
    from documented
    full outer join seen on documented.dlr_code = seen.delivery_code
),

final as (
    select
        *,
        {{ is_final_delivery('delivery_code') }} as is_final
    from codes
)

select * from final
