{# What earlier versions wrote under other names, or otherwise. Sums of retired days stand in the
   warehouse and nowhere else: they are changed there, they cannot be built anew.

   Each rename is a transaction of its own, and one that was done finds nothing more to do. So a run
   that dies goes on at the next, and a warehouse with the present names is left as it is. #}

{% macro rename_former_names() -%}
    {%- if execute -%}
        {%- for schema, former, present in former_tables() -%}
            {{ rename_table(schema, former, present) }}
        {%- endfor -%}
        {%- for schema, table, former, present in former_columns() -%}
            {{ rename_column(table_of_warehouse(schema, table), former, present) }}
        {%- endfor -%}
        {%- for table in ['int_delivery_hourly', 'int_delivery_daily'] -%}
            {{ fill_failed_cost(table_of_warehouse('intermediate', table)) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# Schema, former name, present name. #}
{% macro former_tables() -%}
    {{ return([
        ('marts', 'receipt_settling', 'receipts_by_age'),
        ('intermediate', 'int_settling_daily', 'int_receipt_ages_daily'),
    ]) }}
{%- endmacro %}

{# Schema, present name of the table, former name of the column, its present name. #}
{% macro former_columns() -%}
    {{ return([
        ('marts', 'receipts_by_age', 'settled_count', 'arrived_count'),
        ('marts', 'receipts_by_age', 'settled_rate', 'arrived_rate'),
        ('intermediate', 'int_watch_hourly', 'settled_message_count', 'stable_message_count'),
    ]) }}
{%- endmacro %}

{# The table and what state.day_versions knows of its days; not where the new name is in use. #}
{% macro rename_table(schema, former, present) -%}
    {%- set table = table_of_warehouse(schema, former) -%}
    {%- if table and not table_of_warehouse(schema, present) -%}
        {%- do adapter.rename_relation(table, table.incorporate(path={'identifier': present})) -%}
        {%- call statement('rename_days') -%}
            update {{ day_versions() }} set model_name = '{{ present }}'
            where model_name = '{{ former }}'
        {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{% macro rename_column(table, former, present) -%}
    {%- set columns = adapter.get_columns_in_relation(table) if table else [] -%}
    {%- if former in columns | map(attribute='name') -%}
        {%- call statement('rename_column') -%}
            alter table {{ table }} rename column {{ former }} to {{ present }}
        {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{# Sums of 0.1.0 have a null where nothing failed, which cost nothing. Where something failed without
   a price it stays: whether that should have had one is not known any more. #}
{% macro fill_failed_cost(table) -%}
    {%- if table -%}
        {%- call statement('fill_failed_cost') -%}
            update {{ table }} set failed_cost = 0
            where failed_cost is null and failed_segment_count = 0
        {%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{# A table as the warehouse has it; none where there is none of this name. #}
{% macro table_of_warehouse(schema, name) -%}
    {{ return(load_relation(api.Relation.create(
        database=target.database, schema=schema, identifier=name
    ))) }}
{%- endmacro %}
