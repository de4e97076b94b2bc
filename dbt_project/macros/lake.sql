{# Where the raw files are, and what is there: the only place that knows paths inside the lake. #}

{% macro lake_root() -%}
    {{ return(env_var('MIATEL_LAKE', 'data/lake').rstrip('/')) }}
{%- endmacro %}

{% macro day_files_pattern() -%}
    {{ return(lake_root() ~ '/raw/mdr/mdr_date=*/mdr.parquet') }}
{%- endmacro %}

{# True when at least one file of the lake matches the pattern. #}
{% macro lake_has(pattern) -%}
    {{ return(adapter.dispatch('lake_has')(pattern)) }}
{%- endmacro %}

{% macro duckdb__lake_has(pattern) -%}
    {%- set found = run_query("select count(*) from glob('" ~ pattern ~ "')") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}

{# Stops a run before it touches anything when nothing has been landed yet. #}
{% macro require_day_files() -%}
    {%- if execute and not lake_has(day_files_pattern()) -%}
        {{ exceptions.raise_compiler_error(
            "Nothing is landed: no day file matches " ~ day_files_pattern() ~ ". "
            ~ "Land some history first (run the DAG miatel_history with its parameters start and "
            ~ "end, or `make demo`), or point MIATEL_LAKE at the lake that holds it. "
            ~ "The warehouse was left as it is."
        ) }}
    {%- endif -%}
{%- endmacro %}
