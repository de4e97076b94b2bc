{{ config(materialized='view') }}

with daily as (
    select
        *,
        receipt_count >= {{ fewest_receipts() }} as is_enough
    from {{ ref('int_latency_daily') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

final as (
    select
        daily.mdr_date,
        networks.country_code,
        networks.country_name,
        daily.mccmnc,
        networks.network_name,
        daily.receipt_count,
        daily.implausible_receipt_count,
        case when daily.is_enough then daily.p50_seconds end as p50_seconds,
        case when daily.is_enough then daily.p90_seconds end as p90_seconds,
        case when daily.is_enough then daily.p95_seconds end as p95_seconds,
        case when daily.is_enough then daily.p99_seconds end as p99_seconds,
        {{ rate('daily.within_5s_count', 'daily.receipt_count') }} as within_5s_rate,
        {{ rate('daily.within_10s_count', 'daily.receipt_count') }} as within_10s_rate,
        {{ rate('daily.within_30s_count', 'daily.receipt_count') }} as within_30s_rate,
        {{ rate('daily.within_60s_count', 'daily.receipt_count') }} as within_60s_rate
    from daily
    left join networks on daily.mccmnc = networks.mccmnc
)

select * from final
