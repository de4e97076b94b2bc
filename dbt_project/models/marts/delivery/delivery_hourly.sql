{{ config(materialized='view') }}

with hourly as (
    select * from {{ ref('int_delivery_hourly') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

days as (
    select * from {{ ref('int_days_maturity') }}
),

final as (
    select
        hourly.hour_at,
        hourly.mdr_date,
        networks.country_code,
        networks.country_name,
        hourly.mccmnc,
        networks.network_name,
        hourly.sender,
        hourly.account_name,
        hourly.currency,
        coalesce({{ seconds_after('hourly.hour_at', 3600) }} <= days.mature_until_at, false)
            as is_mature,
        hourly.message_count,
        hourly.accepted_message_count,
        hourly.delivered_message_count,
        hourly.failed_message_count,
        hourly.pending_message_count,
        {{ rate('hourly.delivered_message_count', 'hourly.message_count') }}
            as message_delivery_rate,
        hourly.segment_count,
        hourly.accepted_segment_count,
        hourly.delivered_segment_count,
        hourly.failed_segment_count,
        hourly.pending_segment_count,
        {{ rate('hourly.delivered_segment_count', 'hourly.segment_count') }}
            as segment_delivery_rate,
        hourly.throttled_segment_count,
        hourly.unpriced_segment_count,
        hourly.cost,
        hourly.failed_cost,
        {{ local_date('hourly.hour_at') }} as local_date
    from hourly
    left join networks on hourly.mccmnc = networks.mccmnc
    left join days on hourly.mdr_date = days.mdr_date
)

select * from final
