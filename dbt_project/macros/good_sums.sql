{# The sums of the last build that was green to its end, day by day, in the schema `good`. Retention is
   owed by law, whatever a build says: a day that is due while its present sums were never tested
   gets these back before its records go (include/miatel_warehouse/good_sums.py). #}

{# After a green build: what changed since the last one. #}
{% macro keep_good_sums() -%}
    {%- set good_versions = good_relation('day_versions') -%}
    {%- do run_query("create schema if not exists " ~ good_versions.without_identifier()) -%}
    {%- do run_query(
        "create table if not exists " ~ good_versions ~ " as select * from " ~ day_versions()
        ~ " where false"
    ) -%}
    {%- set changed = run_query(
        "select distinct model_name from (" ~ changed_since_good_sql() ~ ") as changed"
    ).columns[0].values() -%}
    {%- set columns = columns_by_table() if changed else {} -%}
    {%- for node in graph.nodes.values() if node.name in changed and keeps_sums(node) -%}
        {%- set good = good_relation(node.name) -%}
        {%- set table = api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.name
        ) -%}
        {%- set days = "mdr_date in (select mdr_date from (" ~ changed_since_good_sql()
            ~ ") as changed where model_name = '" ~ node.name ~ "')" -%}
        {%- if columns.get('good.' ~ node.name) == columns[node.schema ~ '.' ~ node.name] %}
        delete from {{ good }} where {{ days }};
        insert into {{ good }} select * from {{ table }} where {{ days }};
        {%- else %}
        create or replace table {{ good }} as select * from {{ table }};
        {%- endif -%}
    {%- endfor %}
    create or replace table {{ good_versions }} as select * from {{ day_versions() }};
{%- endmacro %}

{% macro good_relation(name) -%}
    {{ return(api.Relation.create(
        database=target.database, schema='good', identifier=name
    )) }}
{%- endmacro %}

{# Whether a model keeps sums by day, also of days whose records are gone. #}
{% macro keeps_sums(node) -%}
    {%- set meta = node.config.meta -%}
    {{ return(
        node.resource_type == 'model'
        and node.config.materialized == 'incremental'
        and 'day_inputs' in meta
        and not meta.get('drops_retired_days')
    ) }}
{%- endmacro %}

{# Models and days of which the present rows are others than the good ones. #}
{% macro changed_since_good_sql() -%}
    select
        coalesce(versions.model_name, good.model_name) as model_name,
        coalesce(versions.mdr_date, good.mdr_date) as mdr_date
    from {{ day_versions() }} as versions
    full outer join {{ good_relation('day_versions') }} as good
        on versions.model_name = good.model_name and versions.mdr_date = good.mdr_date
    where versions.output_version is distinct from good.output_version
{%- endmacro %}

{# The columns of each table, in order, as one text by `schema.table`. #}
{% macro columns_by_table() -%}
    {%- set found = {} -%}
    {%- set listed = dbt.listagg('column_name', "','", 'order by ordinal_position') -%}
    {%- set rows = run_query(
        "select table_schema || '.' || table_name, " ~ listed
        ~ " from information_schema.columns where table_catalog = '" ~ target.database
        ~ "' group by table_schema, table_name"
    ) -%}
    {%- for row in rows -%}
        {%- do found.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
