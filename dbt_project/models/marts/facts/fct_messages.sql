{{
    config(
        materialized='incremental',
        incremental_strategy='replace_messages',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['fct_mdr'], 'drops_retired_days': true},
        pre_hook="{{ find_touched_messages(ref('fct_mdr')) }}",
        post_hook="{{ record_message_versions() }}",
    )
}}

-- two readings of the facts: one that both sides shared would be made of every day of them
with composite_mdr as (
    select * from {{ ref('fct_mdr') }}
    where is_composite and {{ only_touched_messages() }}
),

single_mdr as (
    select * from {{ ref('fct_mdr') }}
    where not is_composite and {{ only_changed_days('mdr_date') }}
),

segments as (
    select
        *,
        coalesce(cast(nullif(segment_number, 0) as {{ text_type() }}), mdr_key) as segment_name,
        case
            when price <> 0 or currency is not null then coalesce(currency, '')
        end as billed_in,
        row_number() over (
            partition by message_key
            order by received_at, segment_number nulls last, mdr_key
        ) as segment_position
    from composite_mdr
),

composite as (
    select
        message_key,
        min(mdr_date) as message_date,
        max(mdr_date) as last_segment_date,
        min(received_at) as first_received_at,
        max(received_at) as last_received_at,
        max(case when segment_position = 1 then account_name end) as account_name,
        max(case when segment_position = 1 then sender end) as sender,
        max(case when segment_position = 1 then mccmnc end) as mccmnc,
        true as is_composite,
        count(*) as segment_count,
        max(segment_total) as segment_total,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when outcome = 'failed' then 1 end) as failed_segment_count,
        count(case when outcome = 'pending' then 1 end) as pending_segment_count,
        count(case when not is_accepted then 1 end) = 0 as is_accepted,
        count(distinct segment_name) >= coalesce(max(segment_total), 1) as is_complete,
        count(distinct billed_in) > 1 as has_mixed_currencies,
        case when count(distinct billed_in) = 1 then max(currency) end as currency,
        case when count(distinct billed_in) <= 1 then sum(price) end as cost,
        max(case when segment_position = 1 then currency end) as first_currency
    from segments
    group by message_key
),

single as (
    select
        message_key,
        mdr_date as message_date,
        mdr_date as last_segment_date,
        received_at as first_received_at,
        received_at as last_received_at,
        account_name,
        sender,
        mccmnc,
        false as is_composite,
        1 as segment_count,
        1 as segment_total,
        case when outcome = 'delivered' then 1 else 0 end as delivered_segment_count,
        case when outcome = 'failed' then 1 else 0 end as failed_segment_count,
        case when outcome = 'pending' then 1 else 0 end as pending_segment_count,
        is_accepted,
        true as is_complete,
        false as has_mixed_currencies,
        currency,
        price as cost,
        currency as first_currency
    from single_mdr
),

unioned as (
    select
        message_key,
        message_date,
        last_segment_date,
        first_received_at,
        last_received_at,
        account_name,
        sender,
        mccmnc,
        is_composite,
        segment_count,
        segment_total,
        delivered_segment_count,
        failed_segment_count,
        pending_segment_count,
        is_accepted,
        is_complete,
        has_mixed_currencies,
        currency,
        cost,
        first_currency
    from composite
    union all
    select
        message_key,
        message_date,
        last_segment_date,
        first_received_at,
        last_received_at,
        account_name,
        sender,
        mccmnc,
        is_composite,
        segment_count,
        segment_total,
        delivered_segment_count,
        failed_segment_count,
        pending_segment_count,
        is_accepted,
        is_complete,
        has_mixed_currencies,
        currency,
        cost,
        first_currency
    from single
),

final as (
    select
        message_key,
        message_date,
        last_segment_date,
        first_received_at,
        last_received_at,
        account_name,
        sender,
        mccmnc,
        is_composite,
        segment_count,
        segment_total,
        delivered_segment_count,
        failed_segment_count,
        pending_segment_count,
        is_complete,
        case
            when failed_segment_count > 0 then 'failed'
            when is_complete and pending_segment_count = 0 then 'delivered'
            else 'pending'
        end as outcome,
        is_accepted,
        currency,
        cost,
        has_mixed_currencies,
        first_currency
    from unioned
)

select * from final
