{# What the traffic of a month cost, in GMT months and in those of the time zone of reports. #}

{# Args: `sums`, a relation of counts and costs by network, account and currency; `date`, the date of
   one of its rows, whose month counts; `month`, what the month is called. #}
{% macro monthly_cost_sql(sums, date, month) -%}
with sums as (
    select * from {{ sums }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

monthly as (
    select
        cast(date_trunc('month', {{ date }}) as date) as {{ month }},
        mccmnc,
        account_name,
        currency,
        {{ total('segment_count') }} as segment_count,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('message_count') }} as message_count,
        {{ total('delivered_message_count') }} as delivered_message_count,
        {{ total('unpriced_segment_count') }} as unpriced_segment_count,
        sum(cost) as cost,
        {{ known_total('failed_cost') }} as failed_cost
    from sums
    group by {{ month }}, mccmnc, account_name, currency
),

final as (
    select
        monthly.{{ month }},
        networks.country_code,
        networks.country_name,
        monthly.mccmnc,
        networks.network_name,
        monthly.account_name,
        monthly.currency,
        monthly.segment_count,
        monthly.delivered_segment_count,
        monthly.message_count,
        monthly.delivered_message_count,
        monthly.unpriced_segment_count,
        monthly.cost,
        monthly.failed_cost,
        {{ money_per('monthly.cost', 'monthly.delivered_message_count') }}
            as cost_per_delivered_message
    from monthly
    left join networks on monthly.mccmnc = networks.mccmnc
)

select * from final
{%- endmacro %}
