{# How a column by which rows are grouped or joined says that there is nothing: one text, in every
   mart, and each dimension has a row for it. A null would fall out of a join, and a blank would be
   a second way to say the same. #}

{% macro none_text() -%}
    '(none)'
{%- endmacro %}

{# A text, or the one above where it is null or blank. #}
{% macro or_none(text) -%}
    case when trim({{ text }}) <> '' then {{ text }} else {{ none_text() }} end
{%- endmacro %}

{# The name of a network that nobody ever named; it holds the code, so no two have the same. #}
{% macro unnamed_network(mccmnc) -%}
    'unnamed ' || {{ mccmnc }}
{%- endmacro %}

{# A code and what it means, another text for each code: many share one meaning. #}
{% macro code_label(code, meaning) -%}
    case
        when {{ code }} = {{ none_text() }} then {{ meaning }}
        else {{ code }} || ' ' || {{ meaning }}
    end
{%- endmacro %}
