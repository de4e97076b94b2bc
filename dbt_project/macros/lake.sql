{# Where the raw files are, and what is there: the only place that knows paths inside the lake. #}

{% macro lake_root() -%}
    {%- set root = env_var('MIATEL_LAKE', '') -%}
    {{ return((root if root.strip() else 'data/lake').removeprefix('file://').rstrip('/')) }}
{%- endmacro %}

{# A path as it stands between the quotes of a pattern: each of its characters means itself. The
   sources of _sources.yml do the same, where no macro can be called. #}
{% macro escape_pattern(path) -%}
    {{ return(
        path.replace('[', '[[]').replace('*', '[*]').replace('?', '[?]').replace("'", "''")
    ) }}
{%- endmacro %}

{% macro day_files_pattern() -%}
    {{ return(escape_pattern(lake_root()) ~ '/raw/mdr/mdr_date=*/mdr.parquet') }}
{%- endmacro %}

{% macro networks_pattern() -%}
    {{ return(escape_pattern(lake_root()) ~ '/raw/networks/networks.parquet') }}
{%- endmacro %}

{% macro failed_gaps_pattern() -%}
    {{ return(escape_pattern(lake_root()) ~ '/gaps/failed_gaps.parquet') }}
{%- endmacro %}

{# True when at least one file of the lake matches the pattern. #}
{% macro lake_has(pattern) -%}
    {%- set found = run_query("select count(*) from (" ~ listed_files(pattern) ~ ") as found") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}

{# One row per file of the lake that matches the pattern, as the engine itself finds it: file_path. #}
{% macro listed_files(pattern) -%}
    {{ return(adapter.dispatch('listed_files')(pattern)) }}
{%- endmacro %}

{# Stops a run before it touches anything when nothing has been landed yet. #}
{% macro require_day_files() -%}
    {%- if execute and not lake_has(day_files_pattern()) -%}
        {{ exceptions.raise_compiler_error(
            "Nothing is landed: no day file matches " ~ lake_root() ~ "/raw/mdr/mdr_date=*/mdr.parquet. "
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
