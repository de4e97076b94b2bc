{# How a sender or an account does: the two marts differ only in whom they look at. Both add up the
   rows of int_sender_accounts. #}

{# Columns <period>_30_days_…_count of the rows whose `period` is this one. #}
{% macro period_sums(period) -%}
    {%- for count in ['message_count', 'mature_message_count', 'mature_delivered_message_count'] %}
    {{ total("case when period = '" ~ period ~ "' then " ~ count ~ " end") }}
        as {{ period }}_30_days_{{ count }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Args: `subject`, the column with one row per value, none among them; `counted`, the other one,
   whose values are counted as `counted_as`. #}
{% macro scorecard(subject, counted, counted_as) -%}
with sender_accounts as (
    select * from {{ ref('int_sender_accounts') }}
),

failures_daily as (
    select * from {{ ref('int_failures_daily') }}
),

response_codes as (
    select * from {{ ref('dim_response_codes') }}
),

delivery_statuses as (
    select * from {{ ref('dim_delivery_statuses') }}
),

sums as (
    select
        {{ subject }},
        min(first_seen_date) as first_seen_date,
        max(last_seen_date) as last_seen_date,
        count(case when {{ counted }} <> {{ none_text() }} then 1 end) as {{ counted_as }},
        {%- for count in [
            'segment_count', 'throttled_segment_count', 'message_count', 'delivered_message_count',
            'mature_message_count', 'mature_delivered_message_count',
            'last_30_days_message_count', 'last_30_days_mature_message_count',
            'last_30_days_mature_delivered_message_count',
            'previous_30_days_message_count', 'previous_30_days_mature_message_count',
            'previous_30_days_mature_delivered_message_count', 'receipt_count',
        ] %}
        {{ total(count) }} as {{ count }},
        {%- endfor %}
        {{ within_sums() }}
    from sender_accounts
    group by {{ subject }}
),

reasons as (
    select
        {{ subject }},
        code_type,
        code,
        sum(segment_count) as segment_count
    from failures_daily
    where segment_count > 0
    group by {{ subject }}, code_type, code
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

top_reasons as (
    select
        ranked_reasons.{{ subject }},
        ranked_reasons.code_type,
        ranked_reasons.code,
        case
            when ranked_reasons.code_type = 'response' then response_codes.meaning
            else delivery_statuses.status_name
        end as meaning
    from ranked_reasons
    left join response_codes on ranked_reasons.code = response_codes.response_code
    left join delivery_statuses on ranked_reasons.code = delivery_statuses.delivery_code
    where ranked_reasons.reason_rank = 1
),

final as (
    select
        sums.{{ subject }},
        sums.first_seen_date,
        sums.last_seen_date,
        sums.{{ counted_as }},
        sums.segment_count,
        sums.message_count,
        sums.delivered_message_count,
        sums.mature_message_count,
        {{ rate('sums.mature_delivered_message_count', 'sums.mature_message_count') }}
            as mature_message_delivery_rate,
        {%- for period in ['last_30_days', 'previous_30_days'] %}
        sums.{{ period }}_message_count,
        {{ rate(
            'sums.' ~ period ~ '_mature_delivered_message_count',
            'sums.' ~ period ~ '_mature_message_count'
        ) }} as {{ period }}_mature_delivery_rate,
        {%- endfor %}
        cast({{ percentile_of_counts(0.95) }} as double) as p95_seconds,
        top_reasons.code_type as top_failure_code_type,
        top_reasons.code as top_failure_code,
        top_reasons.meaning as top_failure_meaning,
        {{ rate('sums.throttled_segment_count', 'sums.segment_count') }} as throttled_rate
    from sums
    left join top_reasons on sums.{{ subject }} = top_reasons.{{ subject }}
)

select * from final
{%- endmacro %}
