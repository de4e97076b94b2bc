{# How models are written: the adapter's own ways without what this project never needs. There are no
   grants, indexes or foreign keys here, and what is replaced needs no second name meanwhile: the
   engine's transaction covers tables and views, too. With some fifty models in a run that costs
   little else, the difference is half of its time. #}

{% materialization table, adapter="duckdb" %}
    {{ return(build_anew(create_table_as(False, this.incorporate(type='table'), sql), 'table')) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {{ return(build_anew(create_view_as(this.incorporate(type='view'), sql), 'view')) }}
{% endmaterialization %}

{# Day by day: nothing is done when no day changed, not even the hooks. #}
{% materialization incremental, adapter="duckdb" %}
    {%- set target = this.incorporate(type='table') -%}
    {%- if not is_incremental() -%}
        {{ check_days_to_read() }}
        {{ return(build_anew(create_table_as(False, target, sql), 'table')) }}
    {%- endif -%}
    {%- set days = changed_days() -%}
    {%- if days -%}
        {{ check_days_to_read() }}
        {%- set strategy = adapter.get_incremental_strategy_macro(
            context, config.get('incremental_strategy')
        ) -%}
        {{ run_hooks(pre_hooks) }}
        {%- call statement('main') -%}
            {%- if may_have_new_columns(days) -%}
                {{ follow_columns(target, sql) }}
            {%- endif -%}
            {{ strategy({'target_relation': target, 'days': days}) }};
            insert into {{ target }} by name
            {{ sql }}
        {%- endcall -%}
        {{ run_hooks(post_hooks) }}
        {%- do adapter.commit() -%}
    {%- else -%}
        {%- call noop_statement('main', 'no day changed') -%}{%- endcall -%}
    {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% macro build_anew(create_sql, type) -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if existing -%}
            drop {{ existing.type }} if exists {{ existing }};
        {%- endif %}
        {{ create_sql }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type=type)]}) }}
{%- endmacro %}

{# Whether the model's columns may be others than its table's. They are not once some of the days to
   build was built by the present code before, since all days are built together after a change. #}
{% macro may_have_new_columns(days) -%}
    {%- set built = run_query(
        "select count(*) from " ~ day_versions()
        ~ " where model_name = '" ~ this.identifier ~ "' and " ~ in_days('mdr_date', days)
        ~ " and starts_with(input_version, '" ~ code_version() ~ "')"
    ) -%}
    {{ return(built.columns[0].values()[0] == 0) }}
{%- endmacro %}

{# The table gets the columns that the model has and it has not, and loses those that the model has
   no more. A contract is held against the model's own. #}
{% macro follow_columns(relation, sql) -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {%- set found = adapter.get_column_schema_from_query('select * from ' ~ relation) -%}
    {%- set wanted = adapter.get_column_schema_from_query(sql) -%}
    {%- set names = found | map(attribute='name') | list -%}
    {%- for column in wanted if column.name not in names %}
    alter table {{ relation }} add column {{ column.quoted }} {{ column.dtype }};
    {%- endfor -%}
    {%- set names = wanted | map(attribute='name') | list -%}
    {%- for column in found if column.name not in names %}
    alter table {{ relation }} drop column {{ column.quoted }};
    {%- endfor -%}
{%- endmacro %}

{# At the end of a run: what the models committed goes from the log into the file, once for all of
   them (profiles.yml keeps the engine from doing so between any two). #}
{% macro settle_file() -%}
    {{ return(adapter.dispatch('settle_file')()) }}
{%- endmacro %}
