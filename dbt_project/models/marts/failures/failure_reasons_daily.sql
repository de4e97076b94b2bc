{{ config(materialized='view') }}

with failures as (
    select * from {{ ref('int_failures_daily') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

-- the two kinds of code have a table each, and the same number means different things in them
codes as (
    select
        'response' as code_type,
        response_code as code,
        meaning,
        label,
        response_class as reason_class,
        is_documented
    from response_codes
    union all
    select
        'delivery' as code_type,
        delivery_code as code,
        status_name as meaning,
        label,
        case when is_documented then 'delivery' else 'undocumented' end as reason_class,
        is_documented
    from delivery_statuses
),

final as (
    select
        failures.mdr_date,
        failures.code_type,
        failures.code,
        codes.meaning,
        codes.reason_class,
        codes.is_documented,
        networks.country_code,
        networks.country_name,
        failures.mccmnc,
        networks.network_name,
        failures.sender,
        failures.account_name,
        failures.segment_count,
        failures.message_count,
        codes.label
    from failures
    left join codes on failures.code_type = codes.code_type and failures.code = codes.code
    left join networks on failures.mccmnc = networks.mccmnc
)

select * from final
