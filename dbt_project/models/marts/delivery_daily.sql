{{ config(materialized='view') }}

with daily as (
    select * from {{ ref('int_delivery_daily') }}
),

hourly as (
    select * from {{ ref('int_delivery_hourly') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

days as (
    select * from {{ ref('int_days_maturity') }}
),

-- few days are mature in part; all others are mature as a whole or not at all
partly_mature as (
    select
        hourly.mdr_date,
        hourly.mccmnc,
        hourly.sender,
        hourly.account_name,
        hourly.currency,
        {{ total('hourly.message_count') }} as message_count,
        {{ total('hourly.delivered_message_count') }} as delivered_message_count,
        {{ total('hourly.segment_count') }} as segment_count,
        {{ total('hourly.delivered_segment_count') }} as delivered_segment_count
    from hourly
    inner join days
        on
            hourly.mdr_date = days.mdr_date
            and days.is_partly_mature
            and {{ seconds_after('hourly.hour_at', 3600) }} <= days.mature_until_at
    group by
        hourly.mdr_date, hourly.mccmnc, hourly.sender, hourly.account_name, hourly.currency
),

joined as (
    select
        daily.*,
        networks.country_code,
        networks.country_name,
        networks.network_name,
        {{ whole_or_part(
            'days.is_mature',
            'daily.message_count',
            'partly_mature.message_count'
        ) }} as mature_message_count,
        {{ whole_or_part(
            'days.is_mature',
            'daily.delivered_message_count',
            'partly_mature.delivered_message_count'
        ) }} as mature_delivered_message_count,
        {{ whole_or_part(
            'days.is_mature',
            'daily.segment_count',
            'partly_mature.segment_count'
        ) }} as mature_segment_count,
        {{ whole_or_part(
            'days.is_mature',
            'daily.delivered_segment_count',
            'partly_mature.delivered_segment_count'
        ) }} as mature_delivered_segment_count
    from daily
    left join networks on daily.mccmnc = networks.mccmnc
    left join days on daily.mdr_date = days.mdr_date
    left join partly_mature
        on
            daily.mdr_date = partly_mature.mdr_date
            and daily.mccmnc is not distinct from partly_mature.mccmnc
            and daily.sender is not distinct from partly_mature.sender
            and daily.account_name is not distinct from partly_mature.account_name
            and daily.currency is not distinct from partly_mature.currency
),

final as (
    select
        mdr_date,
        country_code,
        coalesce(country_name, 'unknown') as country_name,
        coalesce(mccmnc, 'unknown') as mccmnc,
        coalesce(network_name, 'unknown') as network_name,
        sender,
        account_name,
        currency,
        message_count,
        accepted_message_count,
        delivered_message_count,
        failed_message_count,
        pending_message_count,
        {{ rate('delivered_message_count', 'message_count') }} as message_delivery_rate,
        mature_message_count,
        mature_delivered_message_count,
        {{ rate('mature_delivered_message_count', 'mature_message_count') }}
            as mature_message_delivery_rate,
        segment_count,
        accepted_segment_count,
        delivered_segment_count,
        failed_segment_count,
        pending_segment_count,
        {{ rate('delivered_segment_count', 'segment_count') }} as segment_delivery_rate,
        mature_segment_count,
        mature_delivered_segment_count,
        {{ rate('mature_delivered_segment_count', 'mature_segment_count') }}
            as mature_segment_delivery_rate,
        throttled_segment_count,
        cost,
        failed_cost
    from joined
)

select * from final
