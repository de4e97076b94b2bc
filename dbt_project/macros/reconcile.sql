{# How counts and money are followed from the facts through every aggregate. The two lists below say
   which columns of a model must add up to what; a new aggregate is a line in one of them.

   An entry's keys:
     model: the aggregate.
     columns: columns whose sums are compared; `found = expected` where the names differ.
     of: what it must add up to; int_delivery_daily when missing.
     by: the period compared, an expression over the aggregate (default `mdr_date`);
     of_by: the same over `of` (default: as `by`). `null` compares grand totals.
     by_currency: true where both sides have a currency; a must for money.
     where: which rows of the aggregate count. #}

{# The daily and hourly aggregates that are built from facts. Expected columns are those of
   `facts_daily_sql`. #}
{% macro aggregates_of_facts() -%}
    {{ return([
        {'model': 'int_delivery_daily', 'by_currency': true, 'columns': delivery_sums()},
        {'model': 'int_delivery_hourly', 'by_currency': true, 'columns': delivery_sums()},
        {'model': 'int_codes_daily', 'columns': ['segment_count']},
        {'model': 'int_failures_daily', 'where': "code_type = 'response'",
         'columns': ['segment_count = response_failure_count']},
        {'model': 'int_failures_daily', 'where': "code_type = 'delivery'",
         'columns': ['segment_count = delivery_failure_count']},
        {'model': 'int_failures_daily', 'columns': ['message_count = failed_message_count']},
        {'model': 'int_prices_daily', 'by_currency': true, 'columns': ['priced_segment_count']},
        {'model': 'int_latency_daily', 'columns': receipt_sums()},
        {'model': 'int_latency_by_sender_daily', 'columns': receipt_sums()},
        {'model': 'int_receipt_ages_daily', 'columns': ['receipt_count = final_receipt_count']},
        {'model': 'traffic_hourly', 'columns': traffic_sums()},
        {'model': 'traffic_hourly_by_account', 'columns': traffic_sums()},
    ]) }}
{%- endmacro %}

{# The aggregates that are built from other aggregates: every day of them, also those whose facts
   are no longer kept. #}
{% macro aggregates_of_aggregates() -%}
    {%- set month = "cast(date_trunc('month', mdr_date) as date)" -%}
    {{ return([
        {'model': 'delivery_hourly', 'by_currency': true, 'columns': delivery_sums()},
        {'model': 'delivery_daily', 'by_currency': true, 'columns': delivery_sums()},
        {'model': 'latency_daily', 'of': 'int_latency_daily', 'columns': receipt_sums()},
        {'model': 'latency_by_sender_daily', 'of': 'int_latency_by_sender_daily',
         'columns': receipt_sums() + ['within_60s_count']},
        {'model': 'latency_monthly', 'of': 'latency_by_sender_daily', 'columns': ['receipt_count'],
         'by': 'month_date', 'of_by': month},
        {'model': 'latency_by_country_monthly', 'of': 'latency_by_sender_daily',
         'columns': ['receipt_count'],
         'by': 'month_date', 'of_by': month},
        {'model': 'latency_by_network_monthly', 'of': 'latency_by_sender_daily',
         'columns': ['receipt_count'],
         'by': 'month_date', 'of_by': month},
        {'model': 'failure_reasons_daily', 'of': 'int_failures_daily',
         'columns': ['segment_count', 'message_count']},
        {'model': 'failure_trends', 'of': 'int_failures_daily', 'columns': ['segment_count']},
        {'model': 'cost_monthly', 'by': 'month_date', 'by_currency': true,
         'of_by': month,
         'columns': cost_sums()},
        {'model': 'cost_monthly_local', 'by': 'null', 'by_currency': true,
         'columns': cost_sums()},
        {'model': 'account_costs', 'by': 'null', 'by_currency': true,
         'columns': [
             'segment_count', 'delivered_message_count', 'unpriced_segment_count', 'cost',
             'failed_cost',
         ]},
        {'model': 'sender_scorecard', 'by': 'null',
         'columns': ['segment_count', 'message_count', 'delivered_message_count']},
        {'model': 'account_scorecard', 'by': 'null',
         'columns': ['segment_count', 'message_count', 'delivered_message_count']},
        {'model': 'traffic_by_weekday_hour', 'by': 'null', 'columns': traffic_sums()},
    ]) }}
{%- endmacro %}

{% macro cost_sums() -%}
    {{ return([
        'segment_count', 'delivered_segment_count', 'message_count', 'delivered_message_count',
        'unpriced_segment_count', 'cost', 'failed_cost',
    ]) }}
{%- endmacro %}

{% macro message_sums() -%}
    {{ return([
        'message_count', 'accepted_message_count', 'delivered_message_count',
        'failed_message_count', 'pending_message_count',
    ]) }}
{%- endmacro %}

{% macro segment_sums() -%}
    {{ return([
        'segment_count', 'accepted_segment_count', 'delivered_segment_count',
        'failed_segment_count', 'pending_segment_count', 'throttled_segment_count',
        'unpriced_segment_count',
    ]) }}
{%- endmacro %}

{% macro delivery_sums() -%}
    {{ return(message_sums() + segment_sums() + ['cost', 'failed_cost']) }}
{%- endmacro %}

{% macro receipt_sums() -%}
    {{ return(['receipt_count', 'implausible_receipt_count']) }}
{%- endmacro %}

{% macro traffic_sums() -%}
    {{ return(['segment_count', 'delivered_segment_count', 'throttled_segment_count']) }}
{%- endmacro %}

{# What the facts hold: one row per day and currency, segments and messages each added up by
   itself. #}
{% macro facts_daily_sql() -%}
    select
        mdr_date,
        currency,
        null as message_count,
        null as accepted_message_count,
        null as delivered_message_count,
        null as failed_message_count,
        null as pending_message_count,
        count(*) as segment_count,
        count(case when is_accepted then 1 end) as accepted_segment_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when outcome = 'failed' then 1 end) as failed_segment_count,
        count(case when outcome = 'pending' then 1 end) as pending_segment_count,
        count(case when {{ is_throttled('response_code') }} then 1 end) as throttled_segment_count,
        count(
            case when outcome = 'failed' and {{ is_response_failure('response_code') }} then 1 end
        )
            as response_failure_count,
        count(case when outcome = 'failed' and has_final_receipt then 1 end) as delivery_failure_count,
        count(case when is_accepted then price end) as priced_segment_count,
        count(case when {{ is_unpriced() }} then 1 end) as unpriced_segment_count,
        count(case when outcome = 'delivered' and not has_implausible_receipt then receipt_at end)
            as receipt_count,
        count(case when outcome = 'delivered' and has_implausible_receipt then 1 end)
            as implausible_receipt_count,
        count(case when has_final_receipt and not has_implausible_receipt then receipt_at end)
            as final_receipt_count,
        sum(price) as cost,
        {{ failed_cost() }} as failed_cost
    from {{ ref('fct_mdr') }}
    group by mdr_date, currency
    union all
    select
        message_date as mdr_date,
        first_currency as currency,
        count(*) as message_count,
        count(case when is_accepted then 1 end) as accepted_message_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_message_count,
        count(case when outcome = 'failed' then 1 end) as failed_message_count,
        count(case when outcome = 'pending' then 1 end) as pending_message_count,
        null as segment_count,
        null as accepted_segment_count,
        null as delivered_segment_count,
        null as failed_segment_count,
        null as pending_segment_count,
        null as throttled_segment_count,
        null as response_failure_count,
        null as delivery_failure_count,
        null as priced_segment_count,
        null as unpriced_segment_count,
        null as receipt_count,
        null as implausible_receipt_count,
        null as final_receipt_count,
        null as cost,
        0 as failed_cost
    from {{ ref('fct_messages') }}
    group by message_date, first_currency
{%- endmacro %}

{# Where an aggregate differs from what it must add up to: one row per period and currency, with the
   columns that differ. `expected` is a relation. #}
{% macro differences_sql(entry, expected) -%}
    {%- set by = entry.by | default('mdr_date') -%}
    {%- set of_by = entry.of_by | default(by) -%}
    {%- set currency = 'currency' if entry.by_currency else 'null' -%}
    select
        '{{ entry.model }}' as model_name,
        cast(coalesce(found.period_date, expected.period_date) as date) as period_date,
        cast(coalesce(found.currency, expected.currency) as {{ text_type() }}) as currency,
        concat_ws(
            ', '
            {%- for column in entry.columns %}
            {%- set name = column.split(' = ') | first %},
            case
                when coalesce(found.{{ name }}, 0) <> coalesce(expected.{{ name }}, 0)
                    then '{{ name }} ' || coalesce(found.{{ name }}, 0)
                        || ' instead of ' || coalesce(expected.{{ name }}, 0)
            end
            {%- endfor %}
        ) as difference
    from (
        {{ sums_sql(entry.columns, 'first', ref(entry.model), by, currency, entry.where) }}
    ) as found
    full outer join (
        {{ sums_sql(entry.columns, 'last', expected, of_by, currency, none) }}
    ) as expected
        on
            found.period_date is not distinct from expected.period_date
            and found.currency is not distinct from expected.currency
{%- endmacro %}

{# Sums of one side of the columns of an entry, under the names of the aggregate's columns. #}
{% macro sums_sql(columns, side, relation, by, currency, condition) -%}
    select
        {{ by }} as period_date,
        {{ currency }} as currency
        {%- for column in columns %}
        {%- set names = column.split(' = ') %}
        {%- set summed = names[0] if side == 'first' else names[-1] %},
        {{ known_total(summed) if summed == 'failed_cost' else 'sum(' ~ summed ~ ')' }}
            as {{ names[0] }}
        {%- endfor %}
    from {{ relation }}
    {{ 'where ' ~ condition if condition }}
    group by 1, 2
{%- endmacro %}

{# False for a retired day, which has sums and no records to compare them with. #}
{% macro is_kept_day(column) -%}
    {{ column }} not in (
        select retired.mdr_date
        from {{ ref('stg_miatel__day_files') }} as retired
        where retired.retired_at is not null
    )
{%- endmacro %}
