{# DuckDB's own SQL, and the only place for it: what each macro means is said where it is dispatched,
   in the file named above it. Another engine is another file beside this one. #}

{# What the adapter's incremental materialization calls for a model that is kept day by day. #}

{# The rows to insert are a view: they go straight into the table. So the SQL of a model never reads
   its own table. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary and is_incremental() -%}
        create or replace temporary view {{ relation.include(database=false, schema=false) }} as
        {{ compiled_code }}
    {%- else -%}
        {{ dbt.duckdb__create_table_as(
            temporary, relation, compiled_code, language, **kwargs
        ) }}
    {%- endif -%}
{%- endmacro %}

{# Columns are compared when the model's code is new, and then the table also loses those that the
   model has no more (to a model with a contract dbt itself only adds some). #}
{% macro duckdb__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {%- if not changed_days() -%}
        {{ return(['no day changed']) }}
    {%- elif not day_changes()['is_new_code'] -%}
        {{ return({}) }}
    {%- endif -%}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(model.compiled_code) }}
    {%- endif -%}
    {{ return(dbt.default__process_schema_changes(
        'sync_all_columns', source_relation, target_relation
    )) }}
{%- endmacro %}

{# checkpoint.sql #}

{% macro duckdb__checkpoint_warehouse() -%}
    checkpoint
{%- endmacro %}

{# check_days.sql: functions of miatel_warehouse.dbt_plugin #}

{% macro duckdb__damaged_days(days) -%}
    {{ return(run_query("select damaged_days(['" ~ days | join("', '") ~ "'])").columns[0].values()[0]) }}
{%- endmacro %}

{# day_files.sql #}

{% macro duckdb__write_footers() -%}
    {{ return(run_query("select write_footers()").columns[0].values()[0]) }}
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

{% macro duckdb__seconds_between(start, end) -%}
    date_diff('second', {{ start }}, {{ end }})
{%- endmacro %}

{% macro duckdb__request_key() -%}
    md5(concat_ws(
        '|', run_id, epoch_us(requested_at), epoch_us(request_start_at), epoch_us(request_end_at)
    ))
{%- endmacro %}

{% macro duckdb__calendar_days(relation) -%}
    select cast(unnest(generate_series(min(mdr_date), max(mdr_date), interval 1 day)) as date) as mdr_date
    from {{ relation }}
{%- endmacro %}

{# generic_tests.sql #}

{% macro duckdb__hash_of(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{# identity.sql #}

{% macro duckdb__present_id(id) -%}
    case
        when not regexp_full_match({{ id }}, '{{ says_nothing("0.+-") }}') then {{ id }}
    end
{%- endmacro %}

{% macro duckdb__said_text(text) -%}
    case
        when not regexp_full_match({{ text }}, '{{ says_nothing() }}')
            then trim({{ text }}, '{{ unicode_blanks() }}')
    end
{%- endmacro %}

{% macro duckdb__is_erased(text) -%}
    regexp_full_match({{ text }}, 'erased:[0-9a-f]{32}')
{%- endmacro %}

{# lake.sql #}

{% macro duckdb__lake_root() -%}
    getvariable('miatel').lake_root
{%- endmacro %}

{% macro duckdb__listed_files(files) -%}
    select file as file_path from glob(getvariable('miatel').{{ files }})
{%- endmacro %}

{% macro duckdb__read_each_time() -%}
    not materialized
{%- endmacro %}

{# latency.sql #}

{% macro duckdb__is_text_in_place_of_time(unknown_fields, field) -%}
    not regexp_full_match({{ json_text(unknown_fields, field) }}, '[0\s:.TZtz/+-]*')
{%- endmacro %}

{% macro duckdb__percentile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}

{# message_parts.sql #}

{% macro duckdb__narrow_key(values) -%}
    md5_number(cast(to_json([
        {%- for value in values %}cast({{ value }} as varchar){{ ", " if not loop.last }}{% endfor -%}
    ]) as varchar))
{%- endmacro %}

{# Not a cast: that takes 75 microseconds for a number of 128 bits. #}
{% macro duckdb__narrow_key_text(key) -%}
    hex({{ key }})
{%- endmacro %}

{# recipients.sql #}

{% macro duckdb__recipient_key_version() -%}
    getvariable('miatel').recipient_key_version
{%- endmacro %}

{% macro duckdb__keyed_hash(text) -%}
    sha256(
        getvariable('miatel').recipient_key_outer
        || unhex(sha256(getvariable('miatel').recipient_key_inner || encode({{ text }})))
    )
{%- endmacro %}

{% macro duckdb__key_over_accounts(record_key) -%}
    getvariable('miatel').key_prefix || {{ record_key }}
{%- endmacro %}

{% macro duckdb__plain_number(number) -%}
    {%- set digits = (
        "regexp_replace(translate(" ~ number ~ ", '" ~ digits_of_scripts() ~ "', '"
        ~ "0123456789" * (digits_of_scripts() | length // 10) ~ "'), '[^0-9]', '', 'g')"
    ) -%}
    case
        when regexp_full_match({{ number }}, '[1-9][0-9]{5,}') then {{ number }}
        when length({{ digits }}) >= 6 then regexp_replace({{ digits }}, '^00', '')
        else nullif(trim({{ number }}, '{{ unicode_blanks() }}'), '')
    end
{%- endmacro %}

{# time.sql #}

{% macro duckdb__start_of_hour(timestamp) -%}
    make_timestamptz(epoch_us({{ timestamp }}) // 3600000000 * 3600000000)
{%- endmacro %}

{% macro duckdb__second_of_hour(timestamp) -%}
    cast(epoch_us({{ timestamp }}) // 1000000 % 3600 as integer)
{%- endmacro %}

{% macro duckdb__seconds_after(timestamp, seconds) -%}
    make_timestamptz(epoch_us({{ timestamp }}) + 1000000 * cast({{ seconds }} as bigint))
{%- endmacro %}

{% macro duckdb__start_of_day(date) -%}
    make_timestamptz(epoch_us({{ date }}))
{%- endmacro %}

{% macro duckdb__exact_seconds_between(start, end) -%}
    ((epoch_us({{ end }}) - epoch_us({{ start }})) / 1e6)
{%- endmacro %}

{% macro duckdb__is_time_zone(name) -%}
    {%- set named = "name = '" ~ name.replace("'", "''") ~ "'" -%}
    {%- set rows = run_query("select count(*) from pg_timezone_names() where " ~ named) -%}
    {{ return(rows.columns[0].values()[0] > 0) }}
{%- endmacro %}

{% macro duckdb__local_date(timestamp, zone) -%}
    cast(timezone('{{ zone }}', {{ timestamp }}) as date)
{%- endmacro %}

{% macro duckdb__iso_weekday(date) -%}
    isodow({{ date }})
{%- endmacro %}

{# vendor_values.sql #}

{% macro duckdb__json_text(column, field) -%}
    {{ column }} ->> '$.{{ field }}'
{%- endmacro %}

{% macro duckdb__stripped(text) -%}
    trim({{ text }}, e' \t\r\n' || chr(160))
{%- endmacro %}

{% macro duckdb__plain_code(code) -%}
    case
        when {{ code }} is null then null
        when regexp_full_match({{ code }}, '[-+]?0[xX]0*[0-9a-fA-F]{1,15}')
            then cast(try_cast(ltrim({{ code }}, '-+') as bigint) as varchar)
        else regexp_replace({{ code }}, '^(-)?\+?0*([0-9]+)([.]0*)?$', '\1\2')
    end
{%- endmacro %}

{% macro duckdb__without_minus(code) -%}
    regexp_replace({{ code }}, '^-([0-9]+)$', '\1')
{%- endmacro %}

{% macro duckdb__six_digits(code) -%}
    {%- set mcc_and = "'^([1-9][0-9]{2})[\\s\\p{Z}\\p{Pd}_/.,:|\\x{2212}]{0,3}" -%}
    regexp_replace(
        regexp_replace({{ code }}, {{ mcc_and }}([0-9]{2})([.]0+)?$', '\10\2'),
        {{ mcc_and }}([0-9]{3})([.]0+)?$', '\1\2'
    )
{%- endmacro %}

{% macro duckdb__is_six_digits(code) -%}
    regexp_full_match({{ code }}, '[1-9][0-9]{5}')
{%- endmacro %}

{% macro duckdb__recipient_number(recipient) -%}
    try_cast(regexp_extract({{ recipient }}, '^\+?([0-9]{5,18})$', 1) as bigint)
{%- endmacro %}

{# types.sql #}

{% macro duckdb__text_type() -%}
    varchar
{%- endmacro %}

{% macro duckdb__moment_type() -%}
    timestamptz
{%- endmacro %}

{% macro duckdb__whole_quotient(number, divisor) -%}
    {{ number }} // {{ divisor }}
{%- endmacro %}
