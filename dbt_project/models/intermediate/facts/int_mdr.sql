with mdr as (
    select * from {{ ref('stg_miatel__mdr') }}
),

final as (
    select
        mdr_date,
        mdr_key,
        switch_id,
        sms_id,
        message_id,
        received_at,
        mccmnc,
        network_name,
        sender,
        recipient,
        account_name,
        message_text,
        segment_id,
        segment_number,
        segment_total,
        {{ is_message_part('segment_id', 'segment_number', 'segment_total') }} as is_composite,
        received_response_code,
        response_code,
        delivery_code,
        receipt_at,
        {{ is_final_delivery('delivery_code') }} as has_final_receipt,
        {{ is_final_delivery('delivery_code') }} or coalesce(response_code, '0') <> '0'
            as has_final_outcome,
        {{ mdr_outcome('delivery_code', 'response_code') }} as outcome,
        {{ is_accepted('delivery_code', 'response_code') }} as is_accepted,
        currency,
        price,
        client_address,
        unknown_fields,
        extracted_at,
        first_seen_at,
        state_seen_at,
        price_seen_at
    from mdr
)

select * from final
