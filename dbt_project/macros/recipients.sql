{# A recipient outside of raw data: a keyed hash and a masked form. The key is in a session variable
   that miatel_warehouse.dbt_plugin sets; no SQL text ever holds it. #}

{# Stops a run before it touches anything when there is no key. #}
{% macro require_recipient_key() -%}
    {%- if execute and run_query("select " ~ recipient_key_version()).columns[0].values()[0] is none -%}
        {{ exceptions.raise_compiler_error(
            "MIATEL_RECIPIENT_KEY is not set, or has fewer than 16 characters. Recipients stand in "
            ~ "the marts as a hash under this key; without a secret key anybody could try all "
            ~ "numbers. Make one (`openssl rand -hex 32`), keep it with your secrets, and set it "
            ~ "for every process of Airflow: docs/privacy.md. Nothing was built."
        ) }}
    {%- endif -%}
{%- endmacro %}

{# Eight hex digits that change with the key; null without one. #}
{% macro recipient_key_version() -%}
    {{ return(adapter.dispatch('recipient_key_version')()) }}
{%- endmacro %}

{# HMAC-SHA256 of a text under the key, 64 hex digits. #}
{% macro keyed_hash(text) -%}
    {{ return(adapter.dispatch('keyed_hash')(text)) }}
{%- endmacro %}

{# A record's key, another one for each account whose records are published together: the first
   account's as it is, a further one's after its name, with which no key begins. #}
{% macro key_over_accounts(record_key) -%}
    {{ return(adapter.dispatch('key_over_accounts')(record_key)) }}
{%- endmacro %}

{# The one normal form of a number, null when nothing is left; include/miatel/privacy/recipient_key.py does the
   same: whatever is no digit may stand between digits, any digit of Unicode is one, a text with fewer
   than six digits stays as it is. Nearly all numbers are in that form already. #}
{% macro plain_number(number) -%}
    {{ return(adapter.dispatch('plain_number')(number)) }}
{%- endmacro %}

{# A plain number's first two and last four digits, the middle as dots. Of one with fewer than ten
   digits at most half is shown, of what is no number nothing. #}
{% macro masked_number(number) -%}
    case
        when {{ number }} is null then null
        when translate({{ number }}, '0123456789', '') <> ''
            then repeat('•', cast(length({{ number }}) as integer))
        when length({{ number }}) >= 10
            then
                left({{ number }}, 2)
                || repeat('•', cast(length({{ number }}) - 6 as integer))
                || right({{ number }}, 4)
        else
            repeat('•', cast(ceil(length({{ number }}) / 2) as integer))
            || right({{ number }}, cast(floor(length({{ number }}) / 2) as integer))
    end
{%- endmacro %}
