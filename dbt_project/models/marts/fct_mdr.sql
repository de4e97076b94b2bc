{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={
            'day_inputs': ['stg_miatel__day_files'],
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
),

final as (
    select
        mdr_key,
        mdr_date,
        message_key,
        message_id,
        received_at,
        receipt_at,
        {{ is_implausible_receipt('received_at', 'receipt_at', 'state_seen_at', 'unknown_fields') }}
            as has_implausible_receipt,
        account_name,
        sender,
        mccmnc,
        {{ keyed_hash('recipient_number') }} as recipient_hash,
        {{ masked_number('recipient_number') }} as recipient_masked,
        segment_number,
        segment_total,
        is_composite,
        response_code,
        received_response_code,
        delivery_code,
        outcome,
        is_final,
        is_accepted,
        currency,
        price,
        switch_id,
        sms_id,
        raw_row_count,
        extracted_at
    from mdr
    where {{ only_changed_days('mdr_date') }}
)

select * from final
