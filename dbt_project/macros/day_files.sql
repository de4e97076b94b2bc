{# What the footers of the day files say. Footers are read, rows are not. #}

{# One row per day file: file_path, mdr_date, row_count, format_version, coverage_json, retired_at,
   late_records_json, fingerprint.
   The fingerprint covers everything that the writer put in the footer, the number of rows and the
   file's size, so that any rewrite with other contents changes it. #}
{% macro day_file_footers() -%}
    {{ return(adapter.dispatch('day_file_footers')()) }}
{%- endmacro %}

{% macro duckdb__day_file_footers() -%}
    select
        files.file_name as file_path,
        cast(regexp_extract(files.file_name, 'mdr_date=([0-9-]{10})/mdr[.]parquet$', 1) as date) as mdr_date,
        files.num_rows as row_count,
        footers.format_version,
        footers.coverage_json,
        cast(footers.retired_at as timestamptz) as retired_at,
        footers.late_records_json,
        md5(concat_ws('|', files.num_rows, files.file_size_bytes, footers.all_entries)) as fingerprint
    from parquet_file_metadata('{{ day_files_pattern() }}') as files
    left join (
        select
            file_name,
            max(case when decode(key) = 'miatel.format' then decode(value) end) as format_version,
            max(case when decode(key) = 'miatel.coverage' then decode(value) end) as coverage_json,
            max(case when decode(key) = 'miatel.retired_at' then decode(value) end) as retired_at,
            max(case when decode(key) = 'miatel.late_records' then decode(value) end)
                as late_records_json,
            string_agg(hex(key) || '=' || md5(value), ',' order by key) as all_entries
        from parquet_kv_metadata('{{ day_files_pattern() }}')
        group by file_name
    ) as footers on files.file_name = footers.file_name
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
