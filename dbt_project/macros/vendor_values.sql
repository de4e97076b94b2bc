{# How the vendor's values are read. Decisions about codes and outcomes stand here once. #}

{# A field of the JSON object text in `column`, as text. #}
{% macro json_text(column, field) -%}
    {{ return(adapter.dispatch('json_text')(column, field)) }}
{%- endmacro %}

{# A field that should be a number but may be anything: the typed column when the value fitted it,
   else what the vendor sent, which landing keeps in `extra` under the field's own name. #}
{% macro verbatim(field) -%}
    {%- set text = "coalesce(cast(" ~ field ~ " as " ~ text_type() ~ "), " ~ json_text('extra', field) ~ ")" -%}
    nullif({{ stripped(text) }}, '')
{%- endmacro %}

{# A text without white space at its ends. #}
{% macro stripped(text) -%}
    {{ return(adapter.dispatch('stripped')(text)) }}
{%- endmacro %}

{# A code as text in the one form in which the tables know it: a number without leading zeros, also
   when it was sent as a hexadecimal text ('0x00000058' is '88') or with a fraction of zeros. What is
   no number stays as is. #}
{% macro plain_code(code) -%}
    {{ return(adapter.dispatch('plain_code')(code)) }}
{%- endmacro %}

{# A response code without its sign ('-5060' is '5060'), or the code that a name of SMPP stands for.
   Only those names are known whose number the vendor's table lists as a code of its own. Nearly all
   codes are plain numbers: they are not looked at as texts. #}
{% macro read_response_code(field) -%}
    {%- set code = verbatim(field) -%}
    case
        when {{ field }} >= 0 then cast({{ field }} as {{ text_type() }})
        {%- for name, number in smpp_command_statuses().items() %}
        when upper({{ code }}) = '{{ name }}' then '{{ number }}'
        {%- endfor %}
        else {{ without_minus(plain_code(code)) }}
    end
{%- endmacro %}

{% macro smpp_command_statuses() -%}
    {{ return({
        'ESME_ROK': 0,
        'ESME_RINVSRCADR': 10,
        'ESME_RSUBMITFAIL': 69,
        'ESME_RTHROTTLED': 88,
        'ESME_RINVEXPIRY': 98,
        'ESME_RUNKNOWNERR': 255,
    }) }}
{%- endmacro %}

{# A number in text without its minus sign; what is no number stays as is. #}
{% macro without_minus(code) -%}
    {{ return(adapter.dispatch('without_minus')(code)) }}
{%- endmacro %}

{# A delivery code, or the code whose name in the vendor's table was sent, also as receipts of SMPP
   shorten it ('DELIVRD'). Its sign stays: the vendor documents none. #}
{% macro read_delivery_code(field) -%}
    {%- set code = verbatim(field) -%}
    case
        when {{ field }} is not null then cast({{ field }} as {{ text_type() }})
        {%- for name, number in delivery_status_names().items() %}
        when upper({{ code }}) = '{{ name }}' then '{{ number }}'
        {%- endfor %}
        else {{ plain_code(code) }}
    end
{%- endmacro %}

{% macro delivery_status_names() -%}
    {{ return({
        'ENROUTE': 1,
        'DELIVERED': 2, 'DELIVRD': 2,
        'EXPIRED': 3,
        'DELETED': 4,
        'UNDELIVERABLE': 5, 'UNDELIV': 5,
        'ACCEPTED': 6, 'ACCEPTD': 6,
        'UNKNOWN': 7,
        'REJECTED': 8, 'REJECTD': 8,
    }) }}
{%- endmacro %}

{# A network as MCC and MNC, six digits, of a field that should be their number. No MCC begins with
   0, so five digits are an MCC and an MNC of two: '25001' is the network '250001', and so are
   '250-01', with any dash or blanks, and '25001.0'. What is no such number stays as it was sent, a
   network of no country. #}
{% macro read_mccmnc(field) -%}
    case
        when {{ field }} between 100000 and 999999 then cast({{ field }} as {{ text_type() }})
        else {{ six_digits(verbatim(field)) }}
    end
{%- endmacro %}

{% macro six_digits(code) -%}
    {{ return(adapter.dispatch('six_digits')(code)) }}
{%- endmacro %}

{# Whether a network's code is an MCC and an MNC of three digits. #}
{% macro is_six_digits(code) -%}
    {{ return(adapter.dispatch('is_six_digits')(code)) }}
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

{# Whether the platform accepted one MDR: it has no response code, the code 0, or a final receipt, which
   proves it whatever the response code says. #}
{% macro is_accepted(delivery_code, response_code) -%}
    (coalesce({{ response_code }}, '0') = '0' or {{ is_final_delivery(delivery_code) }})
{%- endmacro %}

{# Whether a row of the facts has a response code that says why it failed. #}
{% macro is_response_failure(response_code) -%}
    {{ response_code }} not in ('0', {{ none_text() }})
{%- endmacro %}

{# Whether the platform refused an MDR because too many came, in a second or in a day. #}
{% macro is_throttled(response_code) -%}
    coalesce({{ response_code }} in ('88', '1009', '1019'), false)
{%- endmacro %}

{# Whether the vendor documents the response code as one with which a message is never sent. #}
{% macro is_documented_failure(response_code) -%}
    coalesce({{ response_code }} in (
        {%- for code in documented_failures() %}'{{ code }}'{{ ", " if not loop.last }}{% endfor -%}
    ), false)
{%- endmacro %}

{% macro documented_failures() -%}
    {{ return(
        [10, 69, 88, 98, 255] + range(1001, 1029) | list + range(5001, 5086) | list
    ) }}
{%- endmacro %}

{# What the macros above know of codes, to be compared with the vendor's tables: one row per name of
   a delivery status, documented failure, and name of SMPP, which stands for a failure or for 0. #}
{% macro known_codes_sql() -%}
    {%- for name, number in delivery_status_names().items() %}
    select 'delivery' as what, '{{ name }}' as name, '{{ number }}' as code union all
    {%- endfor %}
    {%- for name, number in smpp_command_statuses().items() %}
    select 'failure' as what, '{{ name }}' as name, '{{ number }}' as code union all
    {%- endfor %}
    {%- for number in documented_failures() %}
    select 'failure' as what, null as name, '{{ number }}' as code
    {{- ' union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Whether a row of fct_mdr should have a price and none could be read: it was delivered, or accepted
   without a documented failure and not rejected (8). 0 is a price; what was refused, blocked or
   rejected has none. #}
{% macro is_unpriced() -%}
    (
        price is null
        and (
            outcome = 'delivered'
            or (
                is_accepted
                and delivery_code is distinct from '8'
                and not {{ is_documented_failure('response_code') }}
            )
        )
    )
{%- endmacro %}

{# What kind of reason a response code is. `is_documented` is an expression: whether the vendor's
   table lists the code. #}
{% macro response_class(response_code, is_documented) -%}
    case
        when {{ response_code }} in ('0', {{ none_text() }}) then 'none'
        when {{ is_throttled(response_code) }} then 'throttling'
        when
            {{ response_code }} in (
                '5010', '5011', '5036', '5037', '5038', '5060', '5061', '5063'
            )
            then 'blocked'
        when {{ response_code }} in ('5003', '5048', '5050') then 'account'
        when {{ response_code }} = '10' then 'sender'
        when {{ is_documented }} then 'sending_error'
        else 'undocumented'
    end
{%- endmacro %}

{# A recipient as a number, to see which ones follow each other; null for what is no phone number. #}
{% macro recipient_number(recipient) -%}
    {{ return(adapter.dispatch('recipient_number')(recipient)) }}
{%- endmacro %}
