{# How long receipts take. The bounds stand here once. #}

{# Whether the time of a receipt cannot be true: before its message, more than 30 days after it, or more
   than a day after the answer that brought it; or a text came in its place that is no time. Zeros say that there is
   none. `unknown_fields` is the JSON in which landing keeps what did not fit its column. #}
{% macro is_implausible_receipt(received_at, receipt_at, seen_at, unknown_fields) -%}
    case
        when {{ receipt_at }} is null
            then coalesce({{ is_text_in_place_of_time(unknown_fields, 'dlr_time') }}, false)
        else
            not {{ exact_seconds_between(received_at, receipt_at) }} between 0 and 30 * 86400
            or coalesce({{ exact_seconds_between(seen_at, receipt_at) }} > 86400, false)
    end
{%- endmacro %}

{% macro is_text_in_place_of_time(unknown_fields, field) -%}
    {{ return(adapter.dispatch('is_text_in_place_of_time')(unknown_fields, field)) }}
{%- endmacro %}

{# Seconds that a receipt took; null for one whose time cannot be true. #}
{% macro latency_seconds() -%}
    case
        when not has_implausible_receipt
            then {{ exact_seconds_between('received_at', 'receipt_at') }}
    end
{%- endmacro %}

{# Seconds within which receipts are counted, so that percentiles of any selection of rows can be
   computed from the sums of the counts. #}
{% macro latency_bounds() -%}
    {{ return([1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600, 21600, 86400]) }}
{%- endmacro %}

{# Ages of a message, in seconds, by which its arrived receipts are counted; the last is the longest
   for which the daily run asks again. #}
{% macro receipt_ages() -%}
    {{ return([
        5, 10, 30, 60, 120, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 129600, 172800,
        216000, 259200,
    ]) }}
{%- endmacro %}

{% macro longest_receipt_age() -%}
    {{ receipt_ages() | last }}
{%- endmacro %}

{# The ages as rows of one column, age_seconds. #}
{% macro receipt_ages_sql() -%}
    {%- for age in receipt_ages() %}
    select cast({{ age }} as bigint) as age_seconds{{ ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The smallest of the receipt ages that `seconds` does not exceed; null above the last. #}
{% macro receipt_age_of(seconds) -%}
    case
        {%- for age in receipt_ages() %}
        when {{ seconds }} <= {{ age }} then {{ age }}
        {%- endfor %}
    end
{%- endmacro %}

{# Columns within_<bound>s_count: how many of `seconds` do not exceed each latency bound. #}
{% macro within_counts(seconds) -%}
    {%- for bound in latency_bounds() %}
    count(case when {{ seconds }} <= {{ bound }} then 1 end) as within_{{ bound }}s_count
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The sums of columns within_<bound>s_count, under the same names. #}
{% macro within_sums() -%}
    {%- for bound in latency_bounds() %}
    {{ total('within_' ~ bound ~ 's_count') }} as within_{{ bound }}s_count
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The columns within_<bound>s_count of a relation. #}
{% macro within_columns(relation) -%}
    {%- for bound in latency_bounds() %}
    {{ relation }}.within_{{ bound }}s_count{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Of fewer receipts than these no percentile is published: one late message would be the p95. #}
{% macro fewest_receipts() -%}
    20
{%- endmacro %}

{# An exact percentile, interpolated between the two nearest values. #}
{% macro percentile(expression, share) -%}
    {{ return(adapter.dispatch('percentile')(expression, share)) }}
{%- endmacro %}

{# A percentile in seconds from counts `within_<bound>s_count` and `receipt_count`, interpolated
   within the bounds it lies between; the last bound when it lies above; null of too few receipts. #}
{% macro percentile_of_counts(share) -%}
    {%- set bounds = latency_bounds() -%}
    case
        when coalesce(receipt_count, 0) < {{ fewest_receipts() }} then null
        {%- for bound in bounds %}
        {%- set before = bounds[loop.index0 - 1] if not loop.first else 0 %}
        {%- set count_before = 'within_' ~ before ~ 's_count' if not loop.first else '0' %}
        when within_{{ bound }}s_count >= {{ share }} * receipt_count
            then {{ before }} + {{ bound - before }} * (
                {{ share }} * receipt_count - {{ count_before }}
            ) / (within_{{ bound }}s_count - {{ count_before }})
        {%- endfor %}
        else {{ bounds[-1] }}
    end
{%- endmacro %}

{# How long receipts took, by month and some columns of latency_by_sender_daily: counts are added, and
   percentiles lie within the bounds between which they are. #}
{% macro latency_monthly_sql(columns) -%}
{%- set months = "cast(date_trunc('month', mdr_date) as date)" -%}
with daily as (
    select * from {{ ref('latency_by_sender_daily') }}
),

sums as (
    select
        {{ months }} as month_date,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        {{ total('receipt_count') }} as receipt_count,
        {{ within_sums() }}
    from daily
    group by {{ ([months] + columns) | join(', ') }}
),

final as (
    select
        month_date,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        receipt_count,
        {%- for percent in [50, 90, 95, 99] %}
        {{ percentile_of_counts(percent / 100) }} as p{{ percent }}_seconds,
        {%- endfor %}
        {%- for bound in [5, 10, 30, 60] %}
        {{ rate('within_' ~ bound ~ 's_count', 'receipt_count') }} as within_{{ bound }}s_rate
        {{- ',' if not loop.last }}
        {%- endfor %}
    from sums
    where receipt_count > 0
)

select * from final
{%- endmacro %}
