{{ config(materialized='view') }}

with daily as (
    select * from {{ ref('int_delivery_daily') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

final as (
    select
        daily.mdr_date,
        networks.country_code,
        coalesce(networks.country_name, 'unknown') as country_name,
        coalesce(daily.mccmnc, 'unknown') as mccmnc,
        coalesce(networks.network_name, 'unknown') as network_name,
        daily.sender,
        daily.account_name,
        daily.currency,
        daily.message_count,
        daily.delivered_message_count,
        daily.failed_message_count,
        daily.pending_message_count,
        daily.delivered_message_count / nullif(daily.message_count, 0) as message_delivery_rate,
        daily.segment_count,
        daily.delivered_segment_count,
        daily.failed_segment_count,
        daily.pending_segment_count,
        daily.delivered_segment_count / nullif(daily.segment_count, 0) as segment_delivery_rate,
        daily.cost
    from daily
    left join networks on daily.mccmnc = networks.mccmnc
)

select * from final
