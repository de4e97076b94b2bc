-- Every network, code, sender and account of a mart is a row of its dimension, so an inner join loses
-- nothing. Columns are those that the marts have; one that no mart listed here has is an error.
{%- set failure_codes = ['failure_reasons_daily', 'failure_trends', 'unknown_codes'] %}
{%- set checked = [] %}
-- depends_on: {{ ref('dim_networks') }} {{ ref('sender_scorecard') }} {{ ref('account_scorecard') }}

with rows_without as (
    {%- for mart in marts_with_keys() %}
    {%- set relation = ref(mart) %}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list
        if execute else [] %}
    {%- for key, dimension in dimension_keys().items() if key in columns and mart != dimension %}
    {%- do checked.append(key) %}
    select
        '{{ mart }}' as model_name,
        '{{ key }}' as column_name,
        facts.{{ key }} as missing
    from (select distinct {{ key }} from {{ relation }}) as facts
    left join {{ ref(dimension) }} as dimension on facts.{{ key }} = dimension.{{ key }}
    where dimension.{{ key }} is null and facts.{{ key }} is not null
    union all
    {%- endfor %}
    {%- endfor %}
    {%- for mart in failure_codes %}
    select distinct
        '{{ mart }}' as model_name,
        'code' as column_name,
        failures.code as missing
    from {{ ref(mart) }} as failures
    left join {{ ref('dim_response_codes') }} as response_codes
        on failures.code_type = 'response' and failures.code = response_codes.response_code
    left join {{ ref('dim_delivery_statuses') }} as delivery_statuses
        on failures.code_type = 'delivery' and failures.code = delivery_statuses.delivery_code
    where response_codes.response_code is null and delivery_statuses.delivery_code is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from rows_without
{{ require_all(dimension_keys().keys(), checked) if execute }}
