{{
    config(
        materialized='incremental',
        incremental_strategy='replace_messages',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['fct_mdr'], 'drops_retired_days': true},
        pre_hook="{{ find_touched_messages(ref('fct_mdr')) }}",
        post_hook=[
            "{{ record_message_versions() }}",
            "{{ clear_recipients_of_retired_days() }}",
            "{{ update_network_names() }}",
        ],
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

networks as (
    select * from {{ ref('dim_networks') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

segments as (
    select
        *,
        coalesce(cast(nullif(segment_number, 0) as {{ text_type() }}), mdr_key) as segment_name,
        case
            when price <> 0 or currency <> {{ none_text() }} then currency
        end as billed_in,
        row_number() over (
            partition by message_key
            order by received_at, segment_number nulls last, mdr_key
        ) as segment_position,
        -- the first that failed, or is pending, or is delivered
        row_number() over (
            partition by message_key
            order by
                case outcome when 'failed' then 1 when 'pending' then 2 else 3 end,
                received_at,
                segment_number nulls last,
                mdr_key
        ) as deciding_position
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
        max(case when segment_position = 1 then recipient_hash end) as recipient_hash,
        max(case when segment_position = 1 then recipient_masked end) as recipient_masked,
        max(case when segment_position = 1 then message_id end) as message_id,
        max(case when deciding_position = 1 then response_code end) as response_code,
        max(case when deciding_position = 1 then delivery_code end) as delivery_code,
        max(case when not has_implausible_receipt then receipt_at end) as last_receipt_at,
        count(case when has_implausible_receipt or receipt_at is null then 1 end) = 0
            as has_all_receipt_times,
        true as is_composite,
        count(*) as segment_count,
        max(segment_total) as segment_total,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when outcome = 'failed' then 1 end) as failed_segment_count,
        count(case when outcome = 'pending' then 1 end) as pending_segment_count,
        count(case when not is_accepted then 1 end) = 0 as is_accepted,
        count(distinct segment_name) >= coalesce(max(segment_total), 1) as is_complete,
        count(distinct billed_in) > 1 as has_mixed_currencies,
        case
            when count(distinct billed_in) <= 1 then coalesce(max(billed_in), {{ none_text() }})
            else '(mixed)'
        end as currency,
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
        recipient_hash,
        recipient_masked,
        message_id,
        response_code,
        delivery_code,
        case when not has_implausible_receipt then receipt_at end as last_receipt_at,
        not has_implausible_receipt and receipt_at is not null as has_all_receipt_times,
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
        recipient_hash,
        recipient_masked,
        message_id,
        response_code,
        delivery_code,
        last_receipt_at,
        has_all_receipt_times,
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
        recipient_hash,
        recipient_masked,
        message_id,
        response_code,
        delivery_code,
        last_receipt_at,
        has_all_receipt_times,
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

judged as (
    select
        *,
        case
            when failed_segment_count > 0 then 'failed'
            when is_complete and pending_segment_count = 0 then 'delivered'
            else 'pending'
        end as outcome
    from unioned
),

final as (
    select
        judged.message_key,
        judged.message_date,
        judged.last_segment_date,
        judged.first_received_at,
        judged.last_received_at,
        judged.account_name,
        judged.sender,
        judged.mccmnc,
        judged.is_composite,
        judged.segment_count,
        judged.segment_total,
        judged.delivered_segment_count,
        judged.failed_segment_count,
        judged.pending_segment_count,
        judged.is_complete,
        judged.outcome,
        judged.is_accepted,
        judged.currency,
        judged.cost,
        judged.has_mixed_currencies,
        judged.first_currency,
        networks.network_name,
        networks.country_name,
        judged.recipient_hash,
        judged.recipient_masked,
        judged.message_id,
        judged.response_code,
        response_codes.meaning as response_meaning,
        response_codes.response_class,
        judged.delivery_code,
        delivery_statuses.status_name as delivery_meaning,
        case
            when judged.outcome <> 'failed' then null
            when {{ is_response_failure('judged.response_code') }} then 'response'
            else 'delivery'
        end as failure_code_type,
        judged.last_receipt_at,
        case
            when judged.outcome = 'delivered' and judged.has_all_receipt_times
                then {{
                    exact_seconds_between('judged.first_received_at', 'judged.last_receipt_at')
                }}
        end as seconds_to_deliver
    from judged
    left join networks on judged.mccmnc = networks.mccmnc
    left join response_codes on judged.response_code = response_codes.response_code
    left join delivery_statuses on judged.delivery_code = delivery_statuses.delivery_code
)

select * from final
