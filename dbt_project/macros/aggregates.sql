{# Sums and rates as the marts show them. #}

{# Sum of a count over rows: never null, and of a count's type. #}
{% macro total(count) -%}
    cast(coalesce(sum({{ count }}), 0) as bigint)
{%- endmacro %}

{# Sum of an amount over rows; null where it is not known of one of them. #}
{% macro known_total(amount) -%}
    case when count({{ amount }}) = count(*) then sum({{ amount }}) end
{%- endmacro %}

{# What failed segments of fct_mdr cost: 0 where none failed, null where one that failed should have
   a price and has none that could be read. #}
{% macro failed_cost() -%}
    case
        when count(case when outcome = 'failed' and {{ is_unpriced() }} then 1 end) = 0
            then coalesce(sum(case when outcome = 'failed' then price end), 0)
    end
{%- endmacro %}

{# One count over another, 0 to 1; null where there is nothing to divide by. #}
{% macro rate(numerator, denominator) -%}
    {{ numerator }} / nullif({{ denominator }}, 0)
{%- endmacro %}

{# Money for each of a count, null where the count is 0. #}
{% macro money_per(cost, count) -%}
    cast({{ cost }} / nullif({{ count }}, 0) as decimal(38, 18))
{%- endmacro %}
