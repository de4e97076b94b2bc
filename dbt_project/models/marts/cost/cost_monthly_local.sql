{{ config(materialized='view') }}

with hourly as (
    select * from {{ ref('delivery_hourly') }}
),

final as (
    select
        cast(date_trunc('month', local_date) as date) as local_month_date,
        country_code,
        country_name,
        mccmnc,
        network_name,
        account_name,
        currency,
        {{ total('segment_count') }} as segment_count,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('message_count') }} as message_count,
        {{ total('delivered_message_count') }} as delivered_message_count,
        {{ total('unpriced_segment_count') }} as unpriced_segment_count,
        sum(cost) as cost,
        {{ known_total('failed_cost') }} as failed_cost
    from hourly
    group by
        local_month_date, country_code, country_name, mccmnc, network_name, account_name, currency
)

select * from final
