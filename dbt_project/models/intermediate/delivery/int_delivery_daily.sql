{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['int_delivery_hourly']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with hourly as (
    select * from {{ ref('int_delivery_hourly') }}
),

final as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        {{ total('message_count') }} as message_count,
        {{ total('accepted_message_count') }} as accepted_message_count,
        {{ total('delivered_message_count') }} as delivered_message_count,
        {{ total('failed_message_count') }} as failed_message_count,
        {{ total('pending_message_count') }} as pending_message_count,
        {{ total('segment_count') }} as segment_count,
        {{ total('accepted_segment_count') }} as accepted_segment_count,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('failed_segment_count') }} as failed_segment_count,
        {{ total('pending_segment_count') }} as pending_segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count,
        {{ total('unpriced_segment_count') }} as unpriced_segment_count,
        sum(cost) as cost,
        {{ known_total('failed_cost') }} as failed_cost
    from hourly
    where {{ only_changed_days('mdr_date') }}
    group by mdr_date, mccmnc, sender, account_name, currency
)

select * from final
