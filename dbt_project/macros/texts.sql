{# Numbers in sentences. #}

{% macro whole(number) -%}
    cast(cast(round({{ number }}) as bigint) as {{ text_type() }})
{%- endmacro %}

{% macro percent(share) -%}
    cast(cast(round(100 * ({{ share }})) as bigint) as {{ text_type() }}) || ' %'
{%- endmacro %}
