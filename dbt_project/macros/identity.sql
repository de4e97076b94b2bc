{# By which ids a record is known. Empty, blank and zero values are no ids, as at landing. #}

{# Whether a record has a node and an sms id. #}
{% macro has_sms_id(switch_id, sms_id) -%}
    coalesce({{ switch_id }} <> 0 and {{ sms_id }} <> 0, false)
{%- endmacro %}

{# Whether a record has a message id. #}
{% macro has_message_id(message_id) -%}
    {{ return(adapter.dispatch('has_message_id')(message_id)) }}
{%- endmacro %}

{% macro duckdb__has_message_id(message_id) -%}
    coalesce(ltrim({{ message_id }}, e'0- \t\n\f\r') <> '', false)
{%- endmacro %}
