{# How a run costs only what changed.

   `state.day_versions` remembers, for each model that is kept day by day, which version of its
   inputs every day was built from (input_version) and a version of what it holds itself
   (output_version). A model's changed days are those where its inputs' output_version is no longer
   the one it recorded. The record is written by a post-hook inside the model's own transaction, so
   a run that dies half-way leaves each model with a true record of itself, and the next run goes on
   from there. The first input of all is the day files' fingerprint.

   A model lists its inputs in `config(meta={'day_inputs': [...]})`. One that compares each day with
   days before it adds how many: `'days_before': 7`. A changed day then changes the seven that follow
   it too. One that reads vars lists their values under `'settings'`, one that hashes recipients adds
   `'uses_recipient_key': true`: another value, or key, then counts as a change of every day.

   A retired day's records were dropped for their age, and its sums must stay. So every model leaves
   such a day as it is, but for those that say `'drops_retired_days': true`: the facts. #}

{% macro day_versions() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='day_versions'
    )) }}
{%- endmacro %}

{% macro create_day_versions() -%}
    {%- if execute -%}
        {%- do run_query("create schema if not exists " ~ day_versions().without_identifier()) -%}
        create table if not exists {{ day_versions() }} (
            model_name {{ text_type() }},
            mdr_date date,
            input_version {{ text_type() }},
            output_version {{ text_type() }}
        );
        create table if not exists {{ retired_days() }} (mdr_date date);
        create table if not exists {{ held_days() }} (mdr_date date, held_reason {{ text_type() }});
        create table if not exists {{ build_warnings() }} (
            test_name {{ text_type() }},
            row_count bigint
        )
    {%- endif -%}
{%- endmacro %}

{% macro retired_days() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='retired_days'
    )) }}
{%- endmacro %}

{% macro is_not_retired(column) -%}
    {{ column }} not in (select retired.mdr_date from {{ retired_days() }} as retired)
{%- endmacro %}

{# The present version of this model's inputs, one row per day; it begins with the
   code's (code_version.sql). #}
{% macro day_inputs_sql() -%}
    {%- set inputs = "'" ~ config.get('meta')['day_inputs'] | join("', '") ~ "'" -%}
    {%- set days_before = config.get('meta')['days_before'] | default(0) -%}
    {%- set listed = dbt.listagg(
        measure="model_name || '=' || output_version",
        delimiter_text="' '",
        order_by_clause="order by model_name" ~ (", input_date" if days_before else "")
    ) -%}
    select
        mdr_date,
        '{{ code_version() }} '
        {%- if config.get('meta')['uses_recipient_key'] %}
        || {{ recipient_key_version() }} || ' '
        {%- endif %}
        || {{ dbt.hash(listed) if days_before else listed }} as input_version
    {%- if days_before %}
    from (
        select
            days.mdr_date,
            versions.mdr_date as input_date,
            versions.model_name,
            versions.output_version
        from (
            select distinct mdr_date from {{ day_versions() }} where model_name in ({{ inputs }})
        ) as days
        inner join {{ day_versions() }} as versions
            on
                versions.mdr_date <= days.mdr_date
                and versions.mdr_date >= days.mdr_date - {{ days_before }}
        where versions.model_name in ({{ inputs }})
    ) as inputs
    {%- else %}
    from {{ day_versions() }}
    where model_name in ({{ inputs }})
    {%- endif %}
    group by mdr_date
{%- endmacro %}

{# Days to build anew: changed, new, or gone from the inputs. With `of_present_code` a second column
   says which of them the present code built before. #}
{% macro changed_days_sql(of_present_code=false) -%}
    select
        coalesce(inputs.mdr_date, built.mdr_date) as mdr_date
        {%- if of_present_code %},
        coalesce(built.input_version like '{{ code_version() }}%', false) as is_of_present_code
        {%- endif %}
    from ({{ day_inputs_sql() }}) as inputs
    full outer join (
        select *
        from {{ day_versions() }}
        where model_name = '{{ this.identifier }}'
    ) as built on inputs.mdr_date = built.mdr_date
    where
        inputs.input_version is distinct from built.input_version
        and {{ is_not_held('coalesce(inputs.mdr_date, built.mdr_date)') }}
        {%- if not config.get('meta')['drops_retired_days'] %}
        and {{ is_not_retired('coalesce(inputs.mdr_date, built.mdr_date)') }}
        {%- endif %}
{%- endmacro %}

{# A condition that is true for the days to build. Dates are literals, so that only the files of
   those days are opened. A full build takes the days that its inputs recorded, not those that the
   lake holds by now: a day that lands while the build is at work is left to the next run. #}
{% macro only_changed_days(column) -%}
    {{ in_days(column, changed_days() if is_incremental() else input_days()) }}
{%- endmacro %}

{# A condition that is true for the days to build and for the days before them that they are
   compared with (`days_before` of the model's meta). #}
{% macro up_to_changed_days(column) -%}
    {%- set days = changed_days() if is_incremental() else input_days() -%}
    {%- if days -%}
        {{ column }} >= date '{{ days | min }}' - {{ config.get('meta')['days_before'] }}
        and {{ column }} <= date '{{ days | max }}'
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro input_days() -%}
    {%- set rows = run_query("select mdr_date from (" ~ day_inputs_sql() ~ ") order by 1") -%}
    {{ return(rows.columns[0].values() if execute else []) }}
{%- endmacro %}

{# The days as a list. #}
{% macro changed_days() -%}
    {{ return(day_changes()['days']) }}
{%- endmacro %}

{# The days to build anew, and whether none of them was built by the present code: all days are built
   together after a change of it, so only then may the model have other columns than its table. Asked
   for once: the graph keeps the answer from the model's compilation until it is written. #}
{% macro day_changes() -%}
    {%- set node = kept_node() -%}
    {%- if execute and 'day_changes' not in node -%}
        {%- set rows = run_query(changed_days_sql(of_present_code=true) ~ " order by 1") -%}
        {%- do node.update({'day_changes': {
            'days': rows.columns[0].values(),
            'is_new_code': not (rows.columns[1].values() | select | list),
        }}) -%}
    {%- endif -%}
    {{ return(node.get('day_changes', {'days': [], 'is_new_code': false})) }}
{%- endmacro %}

{# The range is what the engine skips row groups by; a list alone makes it read the column of every
   row. The list follows where days in between are not meant. #}
{% macro in_days(column, days) -%}
    {%- if days -%}
        {%- set first, last = days | min, days | max -%}
        ({{ column }} between date '{{ first }}' and date '{{ last }}'
        {%- if (last - first).days + 1 > days | unique | list | length %}
        and {{ column }} in (
            {%- for day in days %}date '{{ day }}'{{ ", " if not loop.last }}{% endfor -%}
        )
        {%- endif -%}
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{# Incremental strategy: the changed days are replaced wholly, so that rows that vanished, and days
   that became empty, are right too. #}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {{ replace_where(arg_dict, in_days('mdr_date', changed_days())) }}
{%- endmacro %}

{# The rows of the target for which the condition holds are replaced by those of the temporary
   relation; nothing is done when no day changed. #}
{% macro replace_where(arg_dict, condition) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- if changed_days() -%}
        delete from {{ target }} where {{ condition }};
        {{ get_insert_into_sql(target, arg_dict['temp_relation'], arg_dict['dest_columns']) }}
    {%- else -%}
        select 'no day changed'
    {%- endif -%}
{%- endmacro %}

{# Whether there is anything to record: all of a full build, or changed days. #}
{% macro builds_days() -%}
    {{ return(execute and (changed_days() or not is_incremental())) }}
{%- endmacro %}

{# Post-hook of a model whose days follow its inputs' days one to one. #}
{% macro record_day_versions() -%}
    {%- if builds_days() -%}
        {%- set inputs = day_inputs_sql() -%}
        {%- if is_incremental() -%}
            {%- set days = in_days('mdr_date', changed_days()) -%}
        {%- elif config.get('meta')['drops_retired_days'] -%}
            {%- set days = 'true' -%}
        {%- else -%}
            {%- set days = is_not_retired('mdr_date') -%}
        {%- endif -%}
        delete from {{ day_versions() }} where model_name = '{{ this.identifier }}' and {{ days }};
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, input_version, md5(input_version)
        from ({{ inputs }})
        where {{ days }}
    {%- endif -%}
{%- endmacro %}

{# Post-hook of the model that reads the footers: its fingerprints are the first versions. #}
{% macro record_day_fingerprints() -%}
    {%- if execute -%}
        {#- A held day is the one that it was: so it is looked at again, and no model takes it for new. -#}
        {%- set days = 'true' if flags.FULL_REFRESH else is_not_held('mdr_date') %}
        delete from {{ day_versions() }}
        where model_name = '{{ this.identifier }}' and {{ days }};
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, fingerprint, fingerprint
        from {{ this }}
        where {{ is_not_held('mdr_date') }};
        delete from {{ retired_days() }};
        insert into {{ retired_days() }}
        select mdr_date
        from {{ this }}
        where retired_at is not null
    {%- endif -%}
{%- endmacro %}

{# Whenever all models were built and every test passed: `state.finished_days` remembers the day files
   that this was true for, and `good` the sums of its days (good_sums.sql): `python -m miatel_warehouse
   retain` reads both. #}
{% macro record_finished_days(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped']) | list -%}
        {%- set built = results | map(attribute='node.unique_id') | list -%}
        {%- set wanted = graph.nodes.values() | selectattr('resource_type', 'in', ['model', 'test']) -%}
        {#- Tests of a model that is not wanted stay in the graph, disabled. -#}
        {%- set enabled = wanted | selectattr('config.enabled') | map(attribute='unique_id') -%}
        {%- set left_out = enabled | reject('in', built) | list -%}
        {%- if not bad and not left_out -%}
            {{ keep_good_sums() }}
            create or replace table {{ finished_days() }} as
            select
                mdr_date,
                coverage_json,
                row_count,
                retired_at is not null as is_retired
            from {{ api.Relation.create(
                database=target.database, schema='staging', identifier='stg_miatel__day_files'
            ) }}
            where {{ is_not_held('mdr_date') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro finished_days() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='finished_days'
    )) }}
{%- endmacro %}
