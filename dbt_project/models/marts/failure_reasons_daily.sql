{{ config(materialized='view') }}

with codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

failed as (
    select * from codes_daily
    where outcome = 'failed'
),

responses as (
    select
        mdr_date,
        response_code as code,
        sum(segment_count) as segment_count
    from failed
    where response_code <> '0'
    group by mdr_date, response_code
),

deliveries as (
    select
        mdr_date,
        delivery_code as code,
        sum(segment_count) as segment_count
    from failed
    where {{ is_final_delivery('delivery_code') }}
    group by mdr_date, delivery_code
),

explained as (
    select
        responses.mdr_date,
        'response' as code_type,
        responses.code,
        response_codes.meaning,
        response_codes.is_documented,
        responses.segment_count
    from responses
    left join response_codes on responses.code = response_codes.response_code
    union all by name
    select
        deliveries.mdr_date,
        'delivery' as code_type,
        deliveries.code,
        delivery_statuses.status_name as meaning,
        delivery_statuses.is_documented,
        deliveries.segment_count
    from deliveries
    left join delivery_statuses on deliveries.code = delivery_statuses.delivery_code
),

final as (
    select
        mdr_date,
        code_type,
        code,
        coalesce(meaning, 'unknown') as meaning,
        coalesce(is_documented, false) as is_documented,
        cast(segment_count as bigint) as segment_count
    from explained
)

select * from final
