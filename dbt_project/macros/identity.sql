{# By which ids a record is known. Empty, blank and zero values are no ids, as at landing. #}

{# An id, null where it says nothing: blank, nothing but zeros, or a word for none.
   include/miatel/identity/record_key.py does the same. #}
{% macro present_id(id) -%}
    {{ return(adapter.dispatch('present_id')(id)) }}
{%- endmacro %}

{# A text without blanks at its ends, null where it is blank or a word for none. #}
{% macro said_text(text) -%}
    {{ return(adapter.dispatch('said_text')(text)) }}
{%- endmacro %}

{# A pattern of texts that are blank, but for `also`, or a word for none. #}
{% macro says_nothing(also='') -%}
    {%- set blank = '\\s\\v\\p{Z}\\x1c-\\x1f\\x85\\x{200b}-\\x{200f}\\x{2060}\\x{feff}' -%}
    {{ return(
        '(?i)[' ~ blank ~ also ~ ']*|[' ~ blank ~ ']*(null|none|nil|undefined)[' ~ blank ~ ']*'
    ) }}
{%- endmacro %}

{# Whether a record has a node and an sms id. #}
{% macro has_sms_id(switch_id, sms_id) -%}
    coalesce({{ switch_id }} <> 0 and {{ sms_id }} <> 0, false)
{%- endmacro %}

{# Whether a record has a message id; one that was erased is none any more. #}
{% macro has_message_id(message_id) -%}
    ({{ present_id(message_id) }} is not null and not {{ is_erased(message_id) }})
{%- endmacro %}

{# Whether a text is what stands for an id that held an erased number. #}
{% macro is_erased(text) -%}
    {{ return(adapter.dispatch('is_erased')(text)) }}
{%- endmacro %}
