{{ config(materialized='table') }}

with daily as (
    select * from {{ ref('delivery_daily') }}
),

latency_daily as (
    select * from {{ ref('int_latency_by_sender_daily') }}
),

last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
),

aged as (
    select
        daily.*,
        case
            when daily.mdr_date > last_day.mdr_date - 30 then 'last'
            when daily.mdr_date > last_day.mdr_date - 60 then 'previous'
        end as period
    from daily
    cross join last_day
),

delivery as (
    select
        sender,
        account_name,
        min(mdr_date) as first_seen_date,
        max(mdr_date) as last_seen_date,
        {{ total('segment_count') }} as segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count,
        {{ total('message_count') }} as message_count,
        {{ total('delivered_message_count') }} as delivered_message_count,
        {{ total('mature_message_count') }} as mature_message_count,
        {{ total('mature_delivered_message_count') }} as mature_delivered_message_count,
        {{ period_sums('last') }},
        {{ period_sums('previous') }}
    from aged
    group by sender, account_name
),

latency as (
    select
        sender,
        account_name,
        {{ total('receipt_count') }} as receipt_count,
        {{ within_sums() }}
    from latency_daily
    group by sender, account_name
),

final as (
    select
        delivery.*,
        latency.receipt_count,
        {{ within_columns('latency') }}
    from delivery
    left join latency
        on
            delivery.sender = latency.sender
            and delivery.account_name = latency.account_name
)

select * from final
