{# How the parts of composite messages find each other: int_message_parts.sql,
   docs/decisions/0018-segments-to-messages.md. #}

{# Whether a record is a part of a composite message: it names a reference, or numbers itself, and
   the platform does not say that there is one part alone. A zero is no reference where there is no
   total. #}
{% macro is_message_part(reference, number, total) -%}
    (
        coalesce({{ total }} > 1, false)
        and ({{ reference }} is not null or coalesce({{ number }} > 0, false))
        or {{ total }} is null and {{ present_id(reference) }} is not null
    )
{%- endmacro %}

{# One number of 128 bits for several values, nulls among them: to compare, sort and join by. #}
{% macro narrow_key(values) -%}
    {{ return(adapter.dispatch('narrow_key')(values)) }}
{%- endmacro %}

{# A narrow key as one of the values of another. #}
{% macro narrow_key_text(key) -%}
    {{ return(adapter.dispatch('narrow_key_text')(key)) }}
{%- endmacro %}

{# A condition that is true for the days to build and the day before each. #}
{% macro changed_days_and_before(column) -%}
    {{ in_days(column, days_and_before()) }}
{%- endmacro %}

{% macro days_and_before() -%}
    {%- set days = [] -%}
    {%- for day in (changed_days() if is_incremental() else input_days()) if execute -%}
        {%- do days.extend([day - modules.datetime.timedelta(days=1), day]) -%}
    {%- endfor -%}
    {{ return(days | unique | sort) }}
{%- endmacro %}

{# Segments as fct_mdr last had them, of days whose day before is retired: one row per MDR with the
   message key that it had, and whether that message began on an earlier day. #}
{% macro former_segments() -%}
    {%- set days = [] -%}
    {%- if execute -%}
        {%- set facts = load_relation(api.Relation.create(
            database=target.database, schema='marts', identifier='fct_mdr', type='table'
        )) -%}
        {%- set messages = load_relation(api.Relation.create(
            database=target.database, schema='marts', identifier='fct_messages', type='table'
        )) -%}
        {%- set retired = run_query("select mdr_date from " ~ retired_days()).columns[0].values() -%}
        {%- for day in days_and_before() if facts and messages -%}
            {%- if day - modules.datetime.timedelta(days=1) in retired -%}
                {%- do days.append(day) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if days -%}
    (
        select
            mdr.mdr_date,
            mdr.mdr_key,
            mdr.received_at,
            mdr.switch_id,
            mdr.sms_id,
            mdr.segment_number,
            mdr.message_key,
            messages.message_key is not null as began_before
        from {{ facts }} as mdr
        left join {{ messages }} as messages
            on
                mdr.message_key = messages.message_key
                and mdr.mdr_date > messages.message_date
        where {{ in_days('mdr.mdr_date', days) }}
    )
    {%- else -%}
    (
        select
            cast(null as date) as mdr_date,
            cast(null as {{ text_type() }}) as mdr_key,
            cast(null as {{ moment_type() }}) as received_at,
            cast(null as bigint) as switch_id,
            cast(null as bigint) as sms_id,
            cast(null as bigint) as segment_number,
            cast(null as {{ text_type() }}) as message_key,
            cast(null as boolean) as began_before
        where false
    )
    {%- endif -%}
{%- endmacro %}

{# Post-hook: a day whose parts belong to the same messages as before keeps its version, so that
   nothing that reads it is built anew. #}
{% macro record_part_versions() -%}
    {%- if builds_days() -%}
        {%- set days = in_days('mdr_date', changed_days()) if is_incremental() else 'true' -%}
        create or replace temp table new_versions as
        select
            inputs.mdr_date,
            inputs.input_version,
            coalesce(held.version, 'no parts') as output_version
        from ({{ day_inputs_sql() }}) as inputs
        left join (
            select
                mdr_date,
                count(*) || ' ' || sum({{ hash_of(['mdr_key', 'message_key']) }}) as version
            from {{ this }}
            where {{ days }}
            group by mdr_date
        ) as held on inputs.mdr_date = held.mdr_date;
        delete from {{ day_versions() }} where model_name = '{{ this.identifier }}' and {{ days }};
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, input_version, output_version
        from new_versions
        where {{ days }}
    {%- endif -%}
{%- endmacro %}
