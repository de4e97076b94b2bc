{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['fct_mdr', 'fct_messages']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

messages as (
    select * from {{ ref('fct_messages') }}
),

-- each side is added up by itself before they meet: a join would multiply one by the other
segments_hourly as (
    select
        {{ start_of_hour('received_at') }} as hour_at,
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        count(*) as segment_count,
        count(case when is_accepted then 1 end) as accepted_segment_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when outcome = 'failed' then 1 end) as failed_segment_count,
        count(case when outcome = 'pending' then 1 end) as pending_segment_count,
        count(case when {{ is_throttled('response_code') }} then 1 end)
            as throttled_segment_count,
        count(case when {{ is_unpriced() }} then 1 end) as unpriced_segment_count,
        sum(price) as cost,
        {{ failed_cost() }} as failed_cost
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by hour_at, mdr_date, mccmnc, sender, account_name, currency
),

messages_hourly as (
    select
        {{ start_of_hour('first_received_at') }} as hour_at,
        message_date as mdr_date,
        mccmnc,
        sender,
        account_name,
        first_currency as currency,
        count(*) as message_count,
        count(case when is_accepted then 1 end) as accepted_message_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_message_count,
        count(case when outcome = 'failed' then 1 end) as failed_message_count,
        count(case when outcome = 'pending' then 1 end) as pending_message_count
    from messages
    where {{ only_changed_days('message_date') }}
    group by hour_at, message_date, mccmnc, sender, account_name, first_currency
),

unioned as (
    select
        hour_at,
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        null as message_count,
        null as accepted_message_count,
        null as delivered_message_count,
        null as failed_message_count,
        null as pending_message_count,
        segment_count,
        accepted_segment_count,
        delivered_segment_count,
        failed_segment_count,
        pending_segment_count,
        throttled_segment_count,
        unpriced_segment_count,
        cost,
        failed_cost
    from segments_hourly
    union all
    select
        hour_at,
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        message_count,
        accepted_message_count,
        delivered_message_count,
        failed_message_count,
        pending_message_count,
        null as segment_count,
        null as accepted_segment_count,
        null as delivered_segment_count,
        null as failed_segment_count,
        null as pending_segment_count,
        null as throttled_segment_count,
        null as unpriced_segment_count,
        null as cost,
        0 as failed_cost
    from messages_hourly
),

final as (
    select
        hour_at,
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
    from unioned
    group by hour_at, mdr_date, mccmnc, sender, account_name, currency
)

select * from final
