{# How marts refer to dimensions and to each other, and what two tests ask of that for all of them. #}

{# By which column rows of a mart refer to a dimension. #}
{% macro dimension_keys() -%}
    {{ return({
        'mccmnc': 'dim_networks',
        'response_code': 'dim_response_codes',
        'delivery_code': 'dim_delivery_statuses',
        'sender': 'sender_scorecard',
        'account_name': 'account_scorecard',
    }) }}
{%- endmacro %}

{# Columns that are never null where a mart has them: see assert_grain_columns_are_filled. #}
{% macro grain_columns() -%}
    {{ return(dimension_keys().keys() | list + [
        'network_name', 'country_code', 'country_name', 'currency', 'code_type', 'code',
    ]) }}
{%- endmacro %}

{# Marts that have such columns. #}
{% macro marts_with_keys() -%}
    {%- set marts = [
        'account_costs', 'account_scorecard', 'cost_monthly', 'cost_monthly_local',
        'delivery_daily', 'delivery_hourly', 'dim_delivery_statuses', 'dim_networks',
        'dim_response_codes', 'failure_reasons_daily', 'failure_trends', 'fct_mdr',
        'fct_messages', 'latency_by_country_monthly', 'latency_by_network_monthly',
        'latency_by_sender_daily', 'latency_daily', 'price_changes', 'receipts_by_age',
        'sender_scorecard', 'traffic_hourly_by_account', 'unknown_codes', 'watch_list',
    ] -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
        {%- if node.path.startswith('marts/') and node.name not in marts -%}
            {%- for column in node.columns if column in grain_columns() -%}
                {{ exceptions.raise_compiler_error(
                    'list ' ~ node.name ~ ' in marts_with_keys: it has ' ~ column
                ) }}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(marts) }}
{%- endmacro %}

{# How many rows of each mart have nothing in a column that must say something. #}
{% macro empty_values_sql() -%}
    {%- for mart in marts_with_keys() if mart != 'watch_list' %}
    {%- set relation = ref(mart) %}
    {%- set columns = columns_of(mart) %}
    {%- for column in grain_columns() if column in columns %}
    select
        '{{ mart }}' as model_name,
        '{{ column }}' as column_name,
        count(*) as row_count
    from {{ relation }}
    where
        ({{ column }} is null or {{ column }} = '')
        {%- if mart == 'fct_messages' and column.endswith('_code') %}
        and {{ is_not_retired('message_date') }}
        {%- endif %}
    union all
    {%- endfor %}
    {%- endfor %}
    select
        '' as model_name,
        '' as column_name,
        0 as row_count
{%- endmacro %}

{# What marts refer to and their dimension does not have. #}
{% macro absent_from_dimensions_sql() -%}
    {%- for mart in marts_with_keys() %}
    {%- set relation = ref(mart) %}
    {%- set columns = columns_of(mart) %}
    {%- for key, dimension in dimension_keys().items() %}
    {%- set rows = ref(dimension) %}
    {%- if key in columns and mart != dimension %}
    select
        '{{ mart }}' as model_name,
        '{{ key }}' as column_name,
        facts.{{ key }} as absent
    from (select distinct {{ key }} from {{ relation }}) as facts
    left join {{ rows }} as dimension on facts.{{ key }} = dimension.{{ key }}
    where dimension.{{ key }} is null and facts.{{ key }} is not null
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    {%- for mart in ['failure_reasons_daily', 'failure_trends', 'unknown_codes'] %}
    select distinct
        '{{ mart }}' as model_name,
        'code' as column_name,
        failures.code as absent
    from {{ ref(mart) }} as failures
    left join {{ ref('dim_response_codes') }} as response_codes
        on failures.code_type = 'response' and failures.code = response_codes.response_code
    left join {{ ref('dim_delivery_statuses') }} as delivery_statuses
        on failures.code_type = 'delivery' and failures.code = delivery_statuses.delivery_code
    where response_codes.response_code is null and delivery_statuses.delivery_code is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The columns of a mart by its contract; none before the project is parsed. #}
{% macro columns_of(mart) -%}
    {%- set node = graph.get('nodes', {}).get('model.miatel.' ~ mart, {}) -%}
    {{ return(node.get('columns', {}).keys() | list) }}
{%- endmacro %}
