{# Sums and rates as the marts show them. #}

{# Sum of a count over rows: never null, and of a count's type. #}
{% macro total(count) -%}
    cast(coalesce(sum({{ count }}), 0) as bigint)
{%- endmacro %}

{# One count over another, 0 to 1; null where there is nothing to divide by. #}
{% macro rate(numerator, denominator) -%}
    {{ numerator }} / nullif({{ denominator }}, 0)
{%- endmacro %}

{# Money for each of a count, null where the count is 0. #}
{% macro money_per(cost, count) -%}
    cast({{ cost }} / nullif({{ count }}, 0) as decimal(38, 18))
{%- endmacro %}
