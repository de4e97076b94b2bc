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

aged as (
    select
        daily.*,
        coalesce(days.is_mature, false) as is_mature,
        coalesce(days.is_partly_mature, false) as is_partly_mature
    from daily
    left join days on daily.mdr_date = days.mdr_date
),

mature_hours as (
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

-- nearly all days are mature in all hours or in none; only the others are looked up by the hour
matured as (
    select
        aged.*,
        case when aged.is_mature then aged.message_count else 0 end as mature_message_count,
        case when aged.is_mature then aged.delivered_message_count else 0 end
            as mature_delivered_message_count,
        case when aged.is_mature then aged.segment_count else 0 end as mature_segment_count,
        case when aged.is_mature then aged.delivered_segment_count else 0 end
            as mature_delivered_segment_count
    from aged
    where not aged.is_partly_mature
    union all
    select
        aged.*,
        coalesce(mature_hours.message_count, 0) as mature_message_count,
        coalesce(mature_hours.delivered_message_count, 0) as mature_delivered_message_count,
        coalesce(mature_hours.segment_count, 0) as mature_segment_count,
        coalesce(mature_hours.delivered_segment_count, 0) as mature_delivered_segment_count
    from aged
    left join mature_hours
        on
            aged.mdr_date = mature_hours.mdr_date
            and aged.mccmnc = mature_hours.mccmnc
            and aged.sender = mature_hours.sender
            and aged.account_name = mature_hours.account_name
            and aged.currency = mature_hours.currency
    where aged.is_partly_mature
),

joined as (
    select
        matured.*,
        networks.country_code,
        networks.country_name,
        networks.network_name
    from matured
    left join networks on matured.mccmnc = networks.mccmnc
),

final as (
    select
        mdr_date,
        country_code,
        country_name,
        mccmnc,
        network_name,
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
        unpriced_segment_count,
        cost,
        failed_cost
    from joined
)

select * from final
