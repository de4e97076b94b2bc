{# Day files are checked before anything is made of them: the engine reads a flipped bit as another
   value. miatel_warehouse.dbt_plugin has the functions; a damaged day fails what would read it. #}

{# Stops a run before it touches anything when a footer cannot be read, or when a day file that this
   warehouse has not read yet is damaged. #}
{% macro require_whole_day_files() -%}
    {%- if execute -%}
        {{ refresh_footers() }}
        {{ check_days(unread_days()) }}
    {%- endif -%}
{%- endmacro %}

{# Days whose file is another one than that of which this warehouse was built. #}
{% macro unread_days() -%}
    {{ return(run_query(
        "select files.mdr_date from (" ~ day_file_footers() ~ ") as files left join "
        ~ day_versions() ~ " as known on files.mdr_date = known.mdr_date "
        ~ "and known.model_name = 'stg_miatel__day_files' "
        ~ "where files.fingerprint is distinct from known.output_version order by 1"
    ).columns[0].values() | list) }}
{%- endmacro %}

{# Pre-hook of every model: before it reads rows of day files, those of the days that it builds are
   checked, and of the days before them that it compares them with. Days of which the lake has no file
   are not among them. Which models read rows is known by lineage, so a new one can't forget it. #}
{% macro check_days_to_read() -%}
    {%- if execute and config.get('materialized') == 'incremental' and reads_day_files(model) -%}
        {%- set days = (changed_days() if is_incremental() else input_days()) | list -%}
        {%- set before = [] -%}
        {%- if is_incremental() -%}
            {%- for day in days -%}
                {%- for count in range(1, config.get('meta')['days_before'] | default(0) + 1) -%}
                    {%- do before.append(day - modules.datetime.timedelta(days=count)) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endif -%}
        {{ check_days((days + before) | unique | sort) }}
    {%- endif -%}
{%- endmacro %}

{% macro check_days(days) -%}
    {%- if days -%}
        {{ stop_if(damaged_days(days)) }}
    {%- endif -%}
{%- endmacro %}

{# What is wrong with the files of these days; empty when nothing is. #}
{% macro damaged_days(days) -%}
    {{ return(adapter.dispatch('damaged_days')(days)) }}
{%- endmacro %}

{% macro stop_if(message) -%}
    {%- if message -%}
        {{ exceptions.raise_compiler_error(message) }}
    {%- endif -%}
{%- endmacro %}

{# Whether a node reads rows of day files: itself, or through views. #}
{% macro reads_day_files(node) -%}
    {%- for name in node.depends_on.nodes -%}
        {%- if name in graph.sources and graph.sources[name].name == 'mdr' -%}
            {{ return(true) }}
        {%- elif name in graph.nodes and graph.nodes[name].config.materialized in ('view', 'ephemeral')
            and reads_day_files(graph.nodes[name]) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}
