{{ config(materialized='view') }}

with daily as (
    select * from {{ ref('int_latency_by_sender_daily') }}
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
        daily.sender,
        daily.account_name,
        daily.receipt_count,
        daily.implausible_receipt_count,
        {{ within_columns('daily') }}
    from daily
    left join networks on daily.mccmnc = networks.mccmnc
)

select * from final
