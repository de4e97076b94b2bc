{# What the footers of the day files say. The engine reads them from a small table that Python writes
   (include/miatel_warehouse/footers.py): rows of day files are not read. #}

{# Writes the table of footers as they are now, and stops a run where a footer cannot be read, or
   where the table is not of the files that the engine finds. #}
{% macro refresh_footers() -%}
    {%- if execute -%}
        {{ stop_if(write_footers()) }}
        {#- a day may have landed meanwhile -#}
        {%- if stale_day_files() -%}
            {{ stop_if(write_footers()) }}
        {%- endif -%}
        {{ require_current_footers() }}
    {%- endif -%}
{%- endmacro %}

{# Writes the table of footers; gives what is wrong with the lake, empty when nothing is. #}
{% macro write_footers() -%}
    {{ return(adapter.dispatch('write_footers')()) }}
{%- endmacro %}

{# Stops a run over a table of footers that names other files than the engine finds in the lake:
   days that it lacks would be missing in every mart, and no test would know of them. #}
{% macro require_current_footers() -%}
    {%- set stale = stale_day_files() if execute else [] -%}
    {%- if stale -%}
        {{ exceptions.raise_compiler_error(
            "The table of footers is not of this lake's files as they are now: "
            ~ stale | length ~ " stand in only one of the two, first " ~ stale[0] ~ ". Run dbt "
            ~ "again: each run begins by writing the table (refresh_footers). A file whose folder "
            ~ "names no day is none of this project's: move it away."
        ) }}
    {%- endif -%}
{%- endmacro %}

{# Day files that only one of the two knows: the table of footers, or the engine's own listing. #}
{% macro stale_day_files() -%}
    {%- set found = run_query(
        "select coalesce(footers.file_path, found.file_path) from ("
        ~ day_file_footers() ~ ") as footers full outer join (" ~ listed_files('day_files')
        ~ ") as found on footers.file_path = found.file_path "
        ~ "where footers.file_path is null or found.file_path is null order by 1"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}

{# One row per day file: file_path, mdr_date, row_count, format_version, coverage_json, retired_at,
   late_records_json, fingerprint. #}
{% macro day_file_footers() -%}
    select
        {{ lake_root() }} || '/' || path as file_path,
        mdr_date,
        row_count,
        format_version,
        coverage_json,
        retired_at,
        late_records_json,
        fingerprint
    from {{ source('miatel_raw', 'day_file_footers') }}
{%- endmacro %}

{# One row per accepted interval of a day, from the JSON in coverage_json of `relation`. #}
{% macro coverage_intervals(relation) -%}
    {{ return(adapter.dispatch('coverage_intervals')(relation)) }}
{%- endmacro %}

{# One row per finding of late records, from the JSON in late_records_json of `relation`. #}
{% macro late_record_findings(relation) -%}
    {{ return(adapter.dispatch('late_record_findings')(relation)) }}
{%- endmacro %}

{# Whole seconds from one timestamp to another. dbt.datediff is avoided: engines disagree on it. #}
{% macro seconds_between(start, end) -%}
    {{ return(adapter.dispatch('seconds_between')(start, end)) }}
{%- endmacro %}

{# Identity of an accepted request: what was asked, when, by which run. #}
{% macro request_key() -%}
    {{ return(adapter.dispatch('request_key')()) }}
{%- endmacro %}

{# One row per GMT day: mdr_date, from the first to the last mdr_date of `relation`. #}
{% macro calendar_days(relation) -%}
    {{ return(adapter.dispatch('calendar_days')(relation)) }}
{%- endmacro %}
