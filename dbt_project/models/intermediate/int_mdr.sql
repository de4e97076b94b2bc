with mdr as {{ read_each_time() }} (
    select * from {{ ref('stg_miatel__mdr') }}
),

judged as {{ read_each_time() }} (
    select
        *,
        {{ is_final_delivery('delivery_code') }} as is_final,
        {{ mdr_outcome('delivery_code', 'response_code') }} as outcome,
        {{ is_accepted('delivery_code', 'response_code') }} as is_accepted,
        segment_id is not null and coalesce(segment_total, 2) > 1 as is_composite
    from mdr
),

-- few records are repeated: only they are sorted, all others pass through in the order of days.
-- The day stands first everywhere, so that a filter on it reaches the files.
repeated as (
    select
        mdr_date,
        {{ hash_of(['mdr_key']) }} as key_hash
    from mdr
    group by mdr_date, key_hash
    having count(*) > 1
),

single as (
    select
        judged.*,
        1 as raw_row_count
    from judged
    left join repeated
        on
            judged.mdr_date = repeated.mdr_date
            and {{ hash_of(['judged.mdr_key']) }} = repeated.key_hash
    where repeated.mdr_date is null
),

-- a hash may be that of two keys, so the key itself decides here
ranked as (
    select
        judged.*,
        count(*) over (partition by judged.mdr_date, judged.mdr_key) as raw_row_count,
        row_number() over (
            partition by judged.mdr_date, judged.mdr_key
            order by
                judged.is_final desc,
                judged.extracted_at desc nulls last,
                judged.receipt_at desc nulls last,
                judged.delivery_code desc nulls last,
                judged.response_code desc nulls last,
                judged.price desc nulls last
        ) as state_rank
    from judged
    inner join repeated
        on
            judged.mdr_date = repeated.mdr_date
            and {{ hash_of(['judged.mdr_key']) }} = repeated.key_hash
),

latest as (
    select * from single
    union all by name
    select * from ranked
    where state_rank = 1
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
        extracted_at,
        state_seen_at
    from latest
)

select * from final
