{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
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
segments_daily as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        count(*) as segment_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when outcome = 'failed' then 1 end) as failed_segment_count,
        count(case when outcome = 'pending' then 1 end) as pending_segment_count,
        sum(price) as cost
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by mdr_date, mccmnc, sender, account_name, currency
),

messages_daily as (
    select
        message_date as mdr_date,
        mccmnc,
        sender,
        account_name,
        first_currency as currency,
        count(*) as message_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_message_count,
        count(case when outcome = 'failed' then 1 end) as failed_message_count,
        count(case when outcome = 'pending' then 1 end) as pending_message_count
    from messages
    where {{ only_changed_days('message_date') }}
    group by message_date, mccmnc, sender, account_name, first_currency
),

unioned as (
    select * from segments_daily
    union all by name
    select * from messages_daily
),

final as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        currency,
        cast(coalesce(sum(message_count), 0) as bigint) as message_count,
        cast(coalesce(sum(delivered_message_count), 0) as bigint) as delivered_message_count,
        cast(coalesce(sum(failed_message_count), 0) as bigint) as failed_message_count,
        cast(coalesce(sum(pending_message_count), 0) as bigint) as pending_message_count,
        cast(coalesce(sum(segment_count), 0) as bigint) as segment_count,
        cast(coalesce(sum(delivered_segment_count), 0) as bigint) as delivered_segment_count,
        cast(coalesce(sum(failed_segment_count), 0) as bigint) as failed_segment_count,
        cast(coalesce(sum(pending_segment_count), 0) as bigint) as pending_segment_count,
        sum(cost) as cost
    from unioned
    group by mdr_date, mccmnc, sender, account_name, currency
)

select * from final
