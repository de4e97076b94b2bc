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
        {%- if run_query("select 1 from " ~ retired_days() ~ " limit 1").rows -%}
            {%- for entry in tables_with_none() -%}
                {{ say_none(entry) }}
            {%- endfor -%}
        {%- endif -%}
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

{# Tables that keep rows of retired days, or messages that began on one, and their columns that say
   that there is nothing. `grain`: further columns that tell rows apart; in the tables of the watch a
   null means all, and none was the text 'unknown'. #}
{% macro tables_with_none() -%}
    {%- set place = ['mccmnc', 'sender', 'account_name'] -%}
    {%- set hour = ['mdr_date', 'hour_at'] -%}
    {{ return([
        {'name': 'int_delivery_hourly', 'columns': place + ['currency'], 'grain': hour},
        {'name': 'int_delivery_daily', 'columns': place + ['currency'], 'grain': ['mdr_date']},
        {'name': 'int_latency_by_sender_daily', 'columns': place, 'grain': ['mdr_date']},
        {'name': 'int_failures_daily', 'columns': place,
         'grain': ['mdr_date', 'code_type', 'code']},
        {'name': 'int_codes_daily', 'columns': ['response_code', 'delivery_code'],
         'grain': ['mdr_date', 'outcome']},
        {'name': 'int_latency_daily', 'columns': ['mccmnc'], 'grain': ['mdr_date']},
        {'name': 'int_receipt_ages_daily', 'columns': ['mccmnc'],
         'grain': ['mdr_date', 'age_bound_seconds']},
        {'name': 'int_prices_daily', 'columns': ['mccmnc', 'account_name', 'currency'],
         'grain': ['mdr_date']},
        {'name': 'traffic_hourly_by_account', 'schema': 'marts', 'columns': ['account_name'],
         'grain': hour},
        {'name': 'fct_messages', 'schema': 'marts', 'grain': ['message_key'],
         'columns': place + ['currency']},
        {'name': 'int_watch_hourly', 'columns': place, 'grain': hour + ['scope'],
         'former': 'unknown'},
        {'name': 'int_watch_fallen', 'columns': place, 'grain': hour + ['scope'],
         'former': 'unknown'},
        {'name': 'int_watch_sequences', 'columns': ['mccmnc', 'account_name'], 'grain': hour,
         'former': 'unknown'},
        {'name': 'int_watch_destinations', 'columns': ['mccmnc', 'account_name'],
         'grain': ['mdr_date'], 'former': 'unknown'},
    ]) }}
{%- endmacro %}

{# Null, or the text that stood for it, becomes the one text for none; then a blank does, unless that
   would make a second row of its grain: what two rows count is never thrown into one. #}
{% macro say_none(entry) -%}
    {%- set table = table_of_warehouse(entry.schema | default('intermediate'), entry.name) -%}
    {%- set names = adapter.get_columns_in_relation(table) | map(attribute='name') | list
        if table else [] -%}
    {%- for column in entry.columns if column in names -%}
        {%- call statement('say_none') -%}
            update {{ table }} set {{ column }} = {{ none_text() }}
            where {{ column ~ " = '" ~ entry.former ~ "'" if entry.former else column ~ ' is null' }}
        {%- endcall -%}
        {%- call statement('say_none_for_blank') -%}
            update {{ table }} set {{ column }} = {{ none_text() }}
            where trim({{ column }}) = '' and not exists (
                select 1 from {{ table }} as other
                where
                    other.{{ column }} = {{ none_text() }}
                    {%- for key in entry.grain + entry.columns if key != column and key in names %}
                    and other.{{ key }} is not distinct from {{ table }}.{{ key }}
                    {%- endfor %}
            )
        {%- endcall -%}
    {%- endfor -%}
    {%- do adapter.commit() if table -%}
{%- endmacro %}

{# A table as the warehouse has it; none where there is none of this name. #}
{% macro table_of_warehouse(schema, name) -%}
    {{ return(load_relation(api.Relation.create(
        database=target.database, schema=schema, identifier=name
    ))) }}
{%- endmacro %}
