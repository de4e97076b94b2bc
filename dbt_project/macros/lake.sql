{# What is in the lake. Its root and the patterns of its files are fields of a variable of the session
   (include/miatel_warehouse/dbt_plugin.py): lake_root, day_files, network_files, failed_gap_files,
   erased_numbers. #}

{# The lake's root, a path or URL. #}
{% macro lake_root() -%}
    {{ return(adapter.dispatch('lake_root')()) }}
{%- endmacro %}

{# True when the lake has at least one of these files. #}
{% macro lake_has(files) -%}
    {%- set found = run_query("select count(*) from (" ~ listed_files(files) ~ ") as found") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}

{# One row per such file of the lake, as the engine itself finds it: file_path. #}
{% macro listed_files(files) -%}
    {{ return(adapter.dispatch('listed_files')(files)) }}
{%- endmacro %}

{# Stops a run before it touches anything when nothing has been landed yet. #}
{% macro require_day_files() -%}
    {%- if execute and not lake_has('day_files') -%}
        {%- set root = run_query("select " ~ lake_root()).columns[0].values()[0] -%}
        {{ exceptions.raise_compiler_error(
            "Nothing is landed: no day file matches " ~ root ~ "/raw/mdr/mdr_date=*/mdr.parquet. "
            ~ "Land some history first (run the DAG miatel_history with its parameters start and "
            ~ "end, or `make demo`), or point MIATEL_LAKE at the lake that holds it. "
            ~ "The warehouse was left as it is."
        ) }}
    {%- endif -%}
{%- endmacro %}

{# Stops a full build while days are retired: their sums are in this warehouse and nowhere else. #}
{% macro keep_sums_of_retired_days() -%}
    {%- if execute and not var('lose_retired_days', false) -%}
        {%- set built = run_query("select count(*) from " ~ day_versions()).columns[0].values()[0] -%}
        {%- if flags.FULL_REFRESH or not built -%}
            {%- set retired = run_query(
                "select count(*) from (" ~ day_file_footers() ~ ") as footers "
                ~ "where retired_at is not null"
            ).columns[0].values()[0] -%}
            {%- if retired -%}
                {{ exceptions.raise_compiler_error(
                    retired ~ " days of the lake are retired: their records are gone, and a full "
                    ~ "build would lose their sums, which only the warehouse holds. Put the old "
                    ~ "warehouse file back, or leave --full-refresh out. If the sums may be lost: "
                    ~ "--vars 'lose_retired_days: true'. Nothing was built."
                ) }}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Between `as` and the bracket of a CTE that is read more than once: it is read anew each time, so
   that every reader's filter reaches the files, and nothing is kept in between. #}
{% macro read_each_time() -%}
    {{ return(adapter.dispatch('read_each_time')()) }}
{%- endmacro %}
