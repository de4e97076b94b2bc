{# One bad day does not stop all others. The rows of each day file that is not built yet are looked at
   first: a day of which a record stands twice, or is of another day, is held back. Every table keeps
   it as it last was, or lacks it if it never had it, until its file is another one. #}

{# A day and why it is held back: repeated or other_day. #}
{% macro held_days() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='held_days'
    )) }}
{%- endmacro %}

{% macro is_not_held(column) -%}
    {{ column }} not in (select held.mdr_date from {{ held_days() }} as held)
{%- endmacro %}

{# Before anything is built. #}
{% macro hold_bad_days() -%}
    {%- if execute -%}
        {%- set suspects = run_query(suspect_days_sql(unread_days())).columns[0].values() | list -%}
        delete from {{ held_days() }};
        {%- if suspects %}
        insert into {{ held_days() }}
        select
            mdr_date,
            case when {{ count_of_other_days() }} > 0 then 'other_day' else 'repeated' end
        from {{ source('miatel_raw', 'mdr') }}
        where {{ in_days('mdr_date', suspects) }}
        group by mdr_date
        having {{ count_of_other_days() }} > 0 or count(*) <> count(distinct record_key)
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Days that have to be looked at more closely. Hashes of keys are a fraction of the keys' memory; two
   keys may share one. #}
{% macro suspect_days_sql(days) -%}
    select mdr_date
    from {{ source('miatel_raw', 'mdr') }}
    where {{ in_days('mdr_date', days) }}
    group by mdr_date
    having {{ count_of_other_days() }} > 0
        or count(*) <> count(distinct {{ hash_of(['record_key']) }})
{%- endmacro %}

{% macro count_of_other_days() -%}
    count(
        case
            when
                sms_hub_sms_time >= {{ start_of_day('mdr_date') }}
                and sms_hub_sms_time < {{ seconds_after(start_of_day('mdr_date'), 86400) }}
                then null
            else 1
        end
    )
{%- endmacro %}

{# Facts of held days are not built anew, so no key and no list of erased numbers reaches them: they
   keep no recipients under another key, nor where numbers are erased at all. #}
{% macro clear_recipients_of_held_days() -%}
    {%- set days = days_to_clear() if execute else [] -%}
    {%- for name, day in [('fct_mdr', 'mdr_date'), ('fct_messages', 'message_date')] if days -%}
        {%- set table = table_of_warehouse('marts', name) -%}
        {%- set columns = adapter.get_columns_in_relation(table) if table else [] -%}
        {%- if 'recipient_masked' in columns | map(attribute='name') %}
        update {{ table }} set recipient_hash = null, recipient_masked = null
        where recipient_masked is not null and {{ in_days(day, days) }};
        {%- endif -%}
    {%- endfor -%}
    {%- if days -%}
        {%- if table_of_warehouse('marts', 'fct_mdr_personal') %}
        delete from {{ table_of_warehouse('marts', 'fct_mdr_personal') }}
        where {{ in_days('mdr_date', days) }};
        {%- endif %}
        {#- built anew once they are held no more, even of the very file that they were built of -#}
        update {{ day_versions() }}
        set input_version = 'cleared', output_version = output_version || ' cleared'
        where
            model_name in ('fct_mdr', 'fct_messages', 'fct_mdr_personal')
            and {{ in_days('mdr_date', days) }}
            and output_version not like '% cleared'
    {%- endif -%}
{%- endmacro %}

{% macro days_to_clear() -%}
    {%- set sql -%}
        select versions.mdr_date
        from {{ day_versions() }} as versions
        inner join {{ held_days() }} as held on versions.mdr_date = held.mdr_date
        where
            versions.model_name = 'fct_mdr'
            {%- if not lake_has('erased_numbers') %}
            and versions.input_version not like '% ' || {{ recipient_key_version() }} || ' %'
            {%- endif %}
    {%- endset -%}
    {{ return(run_query(sql).columns[0].values() | list) }}
{%- endmacro %}
