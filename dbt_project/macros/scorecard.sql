{# How a sender or an account does: the two marts differ only in whom they look at. Everything is
   added up from daily rows; the days are joined only after each side is one row per subject. #}

{# Args: `subject`, the column with one row per value, null among them; `counted`, the other one,
   whose values are counted as `counted_as`. #}
{% macro scorecard(subject, counted, counted_as) -%}
with daily as (
    select * from {{ ref('delivery_daily') }}
),

latency_daily as (
    select * from {{ ref('int_latency_by_sender_daily') }}
),

reasons_daily as (
    select * from {{ ref('failure_reasons_daily') }}
),

last_day as (
    select max(mdr_date) as mdr_date from {{ ref('int_days_observed') }}
),

aged as (
    select
        daily.*,
        daily.mdr_date > last_day.mdr_date - 30 as is_in_last_30_days,
        daily.mdr_date > last_day.mdr_date - 60
        and daily.mdr_date <= last_day.mdr_date - 30 as is_in_previous_30_days
    from daily
    cross join last_day
),

delivery as (
    select
        {{ subject }},
        min(mdr_date) as first_seen_date,
        max(mdr_date) as last_seen_date,
        count(distinct {{ counted }}) as {{ counted_as }},
        {{ total('segment_count') }} as segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count,
        {{ total('message_count') }} as message_count,
        {{ total('delivered_message_count') }} as delivered_message_count,
        {{ total('mature_message_count') }} as mature_message_count,
        {{ rate('sum(mature_delivered_message_count)', 'sum(mature_message_count)') }}
            as mature_message_delivery_rate
        {%- for period in ['last_30_days', 'previous_30_days'] %},
        {{ total('case when is_in_' ~ period ~ ' then message_count end') }}
            as {{ period }}_message_count,
        {{ rate(
            'sum(case when is_in_' ~ period ~ ' then mature_delivered_message_count end)',
            'sum(case when is_in_' ~ period ~ ' then mature_message_count end)'
        ) }} as {{ period }}_mature_delivery_rate
        {%- endfor %}
    from aged
    group by {{ subject }}
),

latency as (
    select
        {{ subject }},
        {%- for bound in latency_bounds() %}
        sum(within_{{ bound }}s_count) as within_{{ bound }}s_count,
        {%- endfor %}
        sum(receipt_count) as receipt_count
    from latency_daily
    group by {{ subject }}
),

reasons as (
    select
        {{ subject }},
        code_type,
        code,
        meaning,
        sum(segment_count) as segment_count
    from reasons_daily
    group by {{ subject }}, code_type, code, meaning
),

ranked_reasons as (
    select
        *,
        row_number() over (
            partition by {{ subject }}
            order by segment_count desc, code_type desc, code asc
        ) as reason_rank
    from reasons
),

final as (
    select
        delivery.{{ subject }},
        delivery.first_seen_date,
        delivery.last_seen_date,
        delivery.{{ counted_as }},
        delivery.segment_count,
        delivery.message_count,
        delivery.delivered_message_count,
        delivery.mature_message_count,
        delivery.mature_message_delivery_rate,
        delivery.last_30_days_message_count,
        delivery.last_30_days_mature_delivery_rate,
        delivery.previous_30_days_message_count,
        delivery.previous_30_days_mature_delivery_rate,
        cast({{ percentile_of_counts(0.95) }} as double) as p95_seconds,
        ranked_reasons.code_type as top_failure_code_type,
        ranked_reasons.code as top_failure_code,
        ranked_reasons.meaning as top_failure_meaning,
        {{ rate('delivery.throttled_segment_count', 'delivery.segment_count') }} as throttled_rate
    from delivery
    left join latency on delivery.{{ subject }} is not distinct from latency.{{ subject }}
    left join ranked_reasons
        on
            delivery.{{ subject }} is not distinct from ranked_reasons.{{ subject }}
            and ranked_reasons.reason_rank = 1
)

select * from final
{%- endmacro %}
