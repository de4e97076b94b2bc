with mdr as (
    select * from {{ ref('stg_miatel__mdr') }}
),

judged as (
    select
        *,
        {{ is_final_delivery('delivery_code') }} as is_final,
        {{ mdr_outcome('delivery_code', 'response_code') }} as outcome,
        {{ is_accepted('delivery_code', 'response_code') }} as is_accepted,
        segment_id is not null and coalesce(segment_total, 2) > 1 as is_composite
    from mdr
),

-- the day stands first in the partition, so that a filter on it reaches the files
ranked as (
    select
        *,
        count(*) over (partition by mdr_date, mdr_key) as raw_row_count,
        row_number() over (
            partition by mdr_date, mdr_key
            order by
                is_final desc,
                extracted_at desc nulls last,
                receipt_at desc nulls last,
                delivery_code desc nulls last,
                response_code desc nulls last,
                price desc nulls last
        ) as state_rank
    from judged
),

final as (
    select
        mdr_date,
        mdr_key,
        case when is_composite then 'seg:' || segment_id else mdr_key end as message_key,
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
        is_composite,
        received_response_code,
        response_code,
        delivery_code,
        receipt_at,
        is_final,
        outcome,
        is_accepted,
        currency,
        price,
        client_address,
        unknown_fields,
        raw_row_count,
        extracted_at
    from ranked
    where state_rank = 1
)

select * from final
