with documented as (
    select
        dlr_code as delivery_code,
        name as status_name,
        description as meaning
    from {{ ref('delivery_statuses') }}
    union all
    select
        {{ none_text() }} as delivery_code,
        'no receipt' as status_name,
        'No receipt has come' as meaning
),

codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

seen as (
    select distinct delivery_code from codes_daily
),

codes as (
    select
        coalesce(documented.delivery_code, seen.delivery_code) as delivery_code,
        coalesce(documented.status_name, 'undocumented') as status_name,
        coalesce(documented.meaning, 'undocumented') as meaning,
        documented.delivery_code is not null as is_documented,
        seen.delivery_code is not null as is_seen
    from documented
    full outer join seen on documented.delivery_code = seen.delivery_code
),

final as (
    select
        *,
        {{ is_final_delivery('delivery_code') }} as is_final,
        {{ code_label('delivery_code', 'status_name') }} as label
    from codes
)

select * from final
