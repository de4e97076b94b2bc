{# How a run costs only what changed.

   `state.day_versions` remembers, for each model that is kept day by day, which version of its
   inputs every day was built from (input_version) and a version of what it holds itself
   (output_version). A model's changed days are those where its inputs' output_version is no longer
   the one it recorded. The record is written by a post-hook inside the model's own transaction, so
   a run that dies half-way leaves each model with a true record of itself, and the next run goes on
   from there. The first input of all is the day files' fingerprint.

   A model lists its inputs in `config(meta={'day_inputs': [...]})`. One that hashes recipients adds
   `'uses_recipient_key': true`: another key then counts as a change of every day.

   A retired day's records were dropped for their age, and its sums must stay. So its days are left
   as they are by every model but those that say `'drops_retired_days': true`: the facts. #}

{% macro day_versions() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='day_versions'
    )) }}
{%- endmacro %}

{% macro create_day_versions() -%}
    {%- if execute -%}
        {%- do run_query("create schema if not exists " ~ day_versions().without_identifier()) -%}
        create table if not exists {{ day_versions() }} (
            model_name varchar,
            mdr_date date,
            input_version varchar,
            output_version varchar
        );
        create table if not exists {{ retired_days() }} (mdr_date date)
    {%- endif -%}
{%- endmacro %}

{% macro retired_days() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='retired_days'
    )) }}
{%- endmacro %}

{# The present version of this model's inputs, one row per day. The model's own SQL is part of it:
   after a change of the SQL every day counts as changed. #}
{% macro day_inputs_sql() -%}
    select
        mdr_date,
        '{{ local_md5(model.raw_code) }} '
        {%- if config.get('meta')['uses_recipient_key'] %}
        || {{ recipient_key_version() }} || ' '
        {%- endif %}
        || {{ dbt.listagg(
            measure="model_name || '=' || output_version",
            delimiter_text="' '",
            order_by_clause="order by model_name"
        ) }} as input_version
    from {{ day_versions() }}
    where model_name in ('{{ config.get('meta')['day_inputs'] | join("', '") }}')
    group by mdr_date
{%- endmacro %}

{# Days to build anew: changed, new, or gone from the inputs. #}
{% macro changed_days_sql() -%}
    select coalesce(inputs.mdr_date, built.mdr_date) as mdr_date
    from ({{ day_inputs_sql() }}) as inputs
    full outer join (
        select *
        from {{ day_versions() }}
        where model_name = '{{ this.identifier }}'
    ) as built on inputs.mdr_date = built.mdr_date
    where
        inputs.input_version is distinct from built.input_version
        {%- if not config.get('meta')['drops_retired_days'] %}
        and coalesce(inputs.mdr_date, built.mdr_date) not in (select mdr_date from {{ retired_days() }})
        {%- endif %}
{%- endmacro %}

{# A condition that is true for the days to build. Dates are literals, so that only the files of
   those days are opened. A full build takes the days that its inputs recorded, not those that the
   lake holds by now: a day that lands while the build is at work is left to the next run. #}
{% macro only_changed_days(column) -%}
    {{ in_days(column, changed_days() if is_incremental() else input_days()) }}
{%- endmacro %}

{% macro input_days() -%}
    {%- set rows = run_query("select mdr_date from (" ~ day_inputs_sql() ~ ") order by 1") -%}
    {{ return(rows.columns[0].values() if execute else []) }}
{%- endmacro %}

{% macro changed_days() -%}
    {%- set rows = run_query(changed_days_sql() ~ " order by 1") -%}
    {{ return(rows.columns[0].values() if execute else []) }}
{%- endmacro %}

{% macro in_days(column, days) -%}
    {%- if days -%}
        {{ column }} in (
            {%- for day in days %}date '{{ day }}'{{ ", " if not loop.last }}{% endfor -%}
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{# Incremental strategy: the changed days are replaced wholly, so that rows that vanished, and days
   that became empty, are right too. #}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    delete from {{ arg_dict['target_relation'] }} where {{ in_days('mdr_date', changed_days()) }};
    {{ insert_all_sql(arg_dict) }}
{%- endmacro %}

{% macro insert_all_sql(arg_dict) -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}

{# Post-hook of a model whose days follow its inputs' days one to one. #}
{% macro record_day_versions() -%}
    {%- if execute -%}
        {%- set inputs = day_inputs_sql() -%}
        delete from {{ day_versions() }} where model_name = '{{ this.identifier }}';
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, input_version, md5(input_version)
        from ({{ inputs }})
    {%- endif -%}
{%- endmacro %}

{# Post-hook of the model that reads the footers: its fingerprints are the first versions. #}
{% macro record_day_fingerprints() -%}
    {%- if execute -%}
        delete from {{ day_versions() }} where model_name = '{{ this.identifier }}';
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, fingerprint, fingerprint
        from {{ this }};
        delete from {{ retired_days() }};
        insert into {{ retired_days() }}
        select mdr_date
        from {{ this }}
        where retired_at is not null
    {%- endif -%}
{%- endmacro %}
