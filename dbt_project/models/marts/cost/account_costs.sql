with daily as (
    select * from {{ ref('int_delivery_daily') }}
),

last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
),

final as (
    select
        daily.account_name,
        daily.currency,
        {{ total('daily.segment_count') }} as segment_count,
        {{ total('daily.delivered_message_count') }} as delivered_message_count,
        {{ total('daily.unpriced_segment_count') }} as unpriced_segment_count,
        sum(daily.cost) as cost,
        {{ known_total('daily.failed_cost') }} as failed_cost,
        {{ money_per('sum(daily.cost)', 'sum(daily.delivered_message_count)') }}
            as cost_per_delivered_message,
        case
            when max(daily.mdr_date) > max(last_day.mdr_date) - 30
                then sum(case when daily.mdr_date > last_day.mdr_date - 30 then daily.cost end)
            else 0
        end as last_30_days_cost
    from daily
    cross join last_day
    group by daily.account_name, daily.currency
)

select * from final
