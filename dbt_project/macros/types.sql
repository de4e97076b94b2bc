{# What engines spell differently in any SQL: names of types, and division of whole numbers. #}

{# The type of a text of any length. #}
{% macro text_type() -%}
    {{ return(adapter.dispatch('text_type')()) }}
{%- endmacro %}

{# The type of a moment: a timestamp that means the same whatever the session's time zone. #}
{% macro moment_type() -%}
    {{ return(adapter.dispatch('moment_type')()) }}
{%- endmacro %}

{# How many times one whole number goes into another. #}
{% macro whole_quotient(number, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient')(number, divisor)) }}
{%- endmacro %}
