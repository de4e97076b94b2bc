{# How the vendor's values are read. Decisions about codes and outcomes stand here once. #}

{# A field of the JSON object text in `column`, as text. #}
{% macro json_text(column, field) -%}
    {{ return(adapter.dispatch('json_text')(column, field)) }}
{%- endmacro %}

{% macro duckdb__json_text(column, field) -%}
    {{ column }} ->> '$.{{ field }}'
{%- endmacro %}

{# A field that should be a number but may be anything: the typed column when the value fitted it,
   else what the vendor sent, which landing keeps in `extra` under the field's own name. #}
{% macro verbatim(field) -%}
    nullif(trim(coalesce(cast({{ field }} as varchar), {{ json_text('extra', field) }})), '')
{%- endmacro %}

{# A code without its sign and leading zeros ('-5060' is '5060'); what is no number stays as is. #}
{% macro unsigned_code(code) -%}
    {{ return(adapter.dispatch('unsigned_code')(code)) }}
{%- endmacro %}

{% macro duckdb__unsigned_code(code) -%}
    regexp_replace({{ code }}, '^[-+]?0*([0-9]+)$', '\1')
{%- endmacro %}

{# MCC and MNC as six digits: 1001 is MCC 001, MNC 001. What is not up to six digits stays as is. #}
{% macro six_digits(code) -%}
    {{ return(adapter.dispatch('six_digits')(code)) }}
{%- endmacro %}

{% macro duckdb__six_digits(code) -%}
    case
        when length({{ code }}) < 6 and regexp_matches({{ code }}, '^[0-9]+$')
            then lpad({{ code }}, 6, '0')
        else {{ code }}
    end
{%- endmacro %}

{# 1 ENROUTE and 6 ACCEPTED are not final on the vendor's platform; an undocumented code, unknown. #}
{% macro is_final_delivery(delivery_code) -%}
    coalesce({{ delivery_code }} in ('2', '3', '4', '5', '7', '8'), false)
{%- endmacro %}

{# What became of one MDR. The delivery receipt speaks first; where it is not final, a response code
   other than 0 means that the message was refused, whether the code is documented or not. #}
{% macro mdr_outcome(delivery_code, response_code) -%}
    case
        when {{ delivery_code }} = '2' then 'delivered'
        when {{ is_final_delivery(delivery_code) }} then 'failed'
        when {{ response_code }} <> '0' then 'failed'
        else 'pending'
    end
{%- endmacro %}

{# Whether the platform took one MDR: it has no response code, the code 0, or a final receipt, which
   proves it whatever the response code says. #}
{% macro is_accepted(delivery_code, response_code) -%}
    (coalesce({{ response_code }}, '0') = '0' or {{ is_final_delivery(delivery_code) }})
{%- endmacro %}

{# Whether the platform refused an MDR because too many came, in a second or in a day. #}
{% macro is_throttled(response_code) -%}
    coalesce({{ response_code }} in ('88', '1009', '1019'), false)
{%- endmacro %}

{# What kind of reason a response code is. `is_documented` is an expression: whether the vendor's
   table lists the code. #}
{% macro response_class(response_code, is_documented) -%}
    case
        when {{ response_code }} = '0' then 'none'
        when {{ is_throttled(response_code) }} then 'throttling'
        when
            {{ response_code }} in (
                '5010', '5011', '5036', '5037', '5038', '5060', '5061', '5063'
            )
            then 'blocked'
        when {{ response_code }} in ('5003', '5048', '5050') then 'account'
        when {{ response_code }} = '10' then 'sender'
        when {{ is_documented }} then 'sending_error'
        else 'unknown'
    end
{%- endmacro %}

{# A recipient as a number, to see which ones follow each other; null for what is no phone number. #}
{% macro recipient_number(recipient) -%}
    {{ return(adapter.dispatch('recipient_number')(recipient)) }}
{%- endmacro %}

{% macro duckdb__recipient_number(recipient) -%}
    try_cast(regexp_extract({{ recipient }}, '^\+?([0-9]{5,18})$', 1) as bigint)
{%- endmacro %}
