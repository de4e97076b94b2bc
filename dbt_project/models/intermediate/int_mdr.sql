with mdr as (
    select * from {{ ref('stg_miatel__mdr') }}
),

judged as (
    select
        *,
        {{ is_final_delivery('delivery_code') }} as is_final,
        {{ mdr_outcome('delivery_code', 'response_code') }} as outcome,
        segment_id is not null and coalesce(segment_total, 2) > 1 as is_composite,
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
        ) as state_rank,
    from judged
),

final as (
    select
        * exclude (state_rank),
        case when is_composite then 'seg:' || segment_id else mdr_key end as message_key,
    from ranked
    where state_rank = 1
)

select * from final
