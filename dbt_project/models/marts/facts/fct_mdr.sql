{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={
            'day_inputs': ['stg_miatel__day_files', 'int_message_parts'],
            'drops_retired_days': true,
            'uses_recipient_key': true,
        },
        post_hook="{{ record_day_versions() }}",
    )
}}

-- depends_on: {{ ref('stg_miatel__day_files') }}

with mdr as (
    select
        *,
        {{ plain_number('recipient') }} as recipient_number
    from {{ ref('int_mdr') }}
    where {{ only_changed_days('mdr_date') }}
),

parts as (
    select * from {{ ref('int_message_parts') }}
    where {{ only_changed_days('mdr_date') }}
),

final as (
    select
        mdr.mdr_key,
        mdr.mdr_date,
        coalesce(parts.message_key, mdr.mdr_key) as message_key,
        mdr.message_id,
        mdr.received_at,
        mdr.receipt_at,
        {{
            is_implausible_receipt(
                'mdr.received_at', 'mdr.receipt_at', 'mdr.state_seen_at', 'mdr.unknown_fields'
            )
        }} as has_implausible_receipt,
        {{ or_none('mdr.account_name') }} as account_name,
        {{ or_none('mdr.sender') }} as sender,
        {{ or_none('mdr.mccmnc') }} as mccmnc,
        {{ keyed_hash('mdr.recipient_number') }} as recipient_hash,
        {{ masked_number('mdr.recipient_number') }} as recipient_masked,
        mdr.segment_number,
        mdr.segment_total,
        mdr.is_composite,
        {{ or_none('mdr.response_code') }} as response_code,
        mdr.received_response_code,
        {{ or_none('mdr.delivery_code') }} as delivery_code,
        mdr.outcome,
        mdr.has_final_receipt,
        mdr.has_final_outcome,
        mdr.is_accepted,
        {{ or_none('mdr.currency') }} as currency,
        mdr.price,
        mdr.switch_id,
        mdr.sms_id,
        mdr.extracted_at,
        mdr.first_seen_at
    from mdr
    left join parts on mdr.mdr_date = parts.mdr_date and mdr.mdr_key = parts.mdr_key
)

select * from final
