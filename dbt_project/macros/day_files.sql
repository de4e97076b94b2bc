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

{% macro duckdb__write_footers() -%}
    {{ return(run_query("select write_footers()").columns[0].values()[0]) }}
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
        ~ day_file_footers() ~ ") as footers full outer join (" ~ listed_files(day_files_pattern())
        ~ ") as found on footers.file_path = found.file_path "
        ~ "where footers.file_path is null or found.file_path is null order by 1"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}

{# One row per day file: file_path, mdr_date, row_count, format_version, coverage_json, retired_at,
   late_records_json, fingerprint. #}
{% macro day_file_footers() -%}
    select
        '{{ lake_root().replace("'", "''") }}/' || path as file_path,
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

{% macro duckdb__coverage_intervals(relation) -%}
    select
        mdr_date,
        file_path,
        cast(entry ->> 'start' as timestamptz) as start_at,
        cast(entry ->> 'end' as timestamptz) as end_at,
        cast(entry ->> 'rows' as bigint) as row_count,
        entry ->> 'body_sha256' as body_sha256,
        cast(entry ->> 'requested_at' as timestamptz) as requested_at,
        entry ->> 'run_id' as run_id,
        cast(entry ->> 'request_start' as timestamptz) as request_start_at,
        cast(entry ->> 'request_end' as timestamptz) as request_end_at,
        cast(entry ->> 'request_rows' as bigint) as request_row_count,
        cast(coalesce(entry ->> 'answered_at', entry ->> 'requested_at') as timestamptz)
            as answered_at,
        coalesce(entry ->> 'clock', 'unknown') as clock,
        entry ->> 'origin' as origin
    from (
        select
            mdr_date,
            file_path,
            unnest(cast(coverage_json as json[])) as entry
        from {{ relation }}
    )
{%- endmacro %}

{# One row per finding of late records, from the JSON in late_records_json of `relation`. #}
{% macro late_record_findings(relation) -%}
    {{ return(adapter.dispatch('late_record_findings')(relation)) }}
{%- endmacro %}

{% macro duckdb__late_record_findings(relation) -%}
    select
        mdr_date,
        cast(entry ->> 'found_at' as timestamptz) as found_at,
        entry ->> 'run_id' as run_id,
        cast(entry ->> 'rows' as bigint) as record_count,
        cast(entry ->> 'most_hours' as double) as most_hours,
        cast(entry ->> 'first_received_at' as timestamptz) as first_received_at,
        cast(entry ->> 'last_received_at' as timestamptz) as last_received_at
    from (
        select
            mdr_date,
            unnest(cast(late_records_json as json[])) as entry
        from {{ relation }}
        where late_records_json is not null
    )
{%- endmacro %}

{# Whole seconds from one timestamp to another. dbt.datediff is avoided: engines disagree on it. #}
{% macro seconds_between(start, end) -%}
    {{ return(adapter.dispatch('seconds_between')(start, end)) }}
{%- endmacro %}

{% macro duckdb__seconds_between(start, end) -%}
    date_diff('second', {{ start }}, {{ end }})
{%- endmacro %}

{# Identity of an accepted request: what was asked, when, by which run. #}
{% macro request_key() -%}
    {{ return(adapter.dispatch('request_key')()) }}
{%- endmacro %}

{% macro duckdb__request_key() -%}
    md5(concat_ws(
        '|', run_id, epoch_us(requested_at), epoch_us(request_start_at), epoch_us(request_end_at)
    ))
{%- endmacro %}

{# One row per GMT day: mdr_date, from the first to the last mdr_date of `relation`. #}
{% macro calendar_days(relation) -%}
    {{ return(adapter.dispatch('calendar_days')(relation)) }}
{%- endmacro %}

{% macro duckdb__calendar_days(relation) -%}
    select cast(unnest(generate_series(min(mdr_date), max(mdr_date), interval 1 day)) as date) as mdr_date
    from {{ relation }}
{%- endmacro %}
