-- No column by which rows are grouped or joined is null or blank: what has no value says (none).
-- Only in watch_list a null means that a finding is not narrowed to one.
{%- set found = [] %}

with empty_values as (
    {%- for mart in marts_with_keys() if mart != 'watch_list' %}
    {%- set relation = ref(mart) %}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list
        if execute else [] %}
    {%- for column in grain_columns() if column in columns %}
    {%- do found.append(column) %}
    select
        '{{ mart }}' as model_name,
        '{{ column }}' as column_name,
        count(*) as row_count
    from {{ relation }}
    where {{ column }} is null or {{ column }} = ''
    union all
    {%- endfor %}
    {%- endfor %}
    select
        'none' as model_name,
        'none' as column_name,
        0 as row_count
)

select * from empty_values
where row_count > 0
{{ require_all(grain_columns(), found) if execute }}
