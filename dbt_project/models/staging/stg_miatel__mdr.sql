with source as (
    select * from {{ source('miatel_raw', 'mdr') }}
),

final as (
    select
        cast(mdr_date as date) as mdr_date,
        {{ keyed_hash(key_over_accounts('record_key')) }} as mdr_key,
        sms_hub_switch_id as switch_id,
        sms_hub_sms_id as sms_id,
        message_id,
        sms_hub_sms_time as received_at,
        {{ read_mccmnc('sms_hub_mccmnc_id') }} as mccmnc,
        nullif(trim(sms_hub_mccmnc_name), '') as network_name,
        src_num as sender,
        dst_num as recipient,
        username as account_name,
        message_body as message_text,
        {{ said_text('segment_id') }} as segment_id,
        segment_num as segment_number,
        segment_total,
        {{ verbatim('resp_code') }} as received_response_code,
        {{ read_response_code('resp_code') }} as response_code,
        {{ read_delivery_code('dlr_code') }} as delivery_code,
        dlr_time as receipt_at,
        nullif(trim(sms_hub_currency_name), '') as currency,
        price,
        remote_ip as client_address,
        extra as unknown_fields,
        extracted_at,
        first_seen_at,
        state_seen_at,
        price_seen_at
    from source
)

select * from final
