{# Messages are kept like days (see day_versions.sql), but the segments of one message may lie in
   several days. So a changed day touches whole messages, and those touch the days they belong to.

   A message that began on a retired day is counted there and cannot be made anew: it stays as it
   was until the day of its last segment is retired, too. #}

{% macro touched_messages() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='touched_messages'
    )) }}
{%- endmacro %}

{# The days that changed, and those in which touched messages have or had segments: outside of them
   lies nothing that a run reads, deletes or builds. #}
{% macro touched_days() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier='touched_days'
    )) }}
{%- endmacro %}

{% macro listed_touched_days() -%}
    {%- set rows = run_query("select mdr_date from " ~ touched_days() ~ " order by 1") -%}
    {{ return(rows.columns[0].values() if execute else []) }}
{%- endmacro %}

{# Pre-hook: composite messages that had, or now have, a segment in a changed day, with the first and
   the last day they had segments in. A message that is not composite lives in its own day and needs
   no list. When the whole table is built, or nothing changed, the list is empty. #}
{% macro find_touched_messages(mdr_relation) -%}
    {%- set days = changed_days() if execute and is_incremental() else [] -%}
    {%- if not builds_days() -%}
    {%- elif not days -%}
        create or replace table {{ touched_messages() }} (
            message_key {{ text_type() }},
            message_date date,
            last_segment_date date
        )
    {%- else -%}
        create or replace table {{ touched_messages() }} as
        with changed_days as (
            {{ changed_days_sql() }}
        ),

        counted_on_retired_days as (
            select message_key
            from {{ this }}
            where
                is_composite
                and message_date in (select mdr_date from {{ retired_days() }})
                and last_segment_date not in (select mdr_date from {{ retired_days() }})
        ),

        before as (
            select distinct
                messages.message_key,
                messages.message_date,
                messages.last_segment_date
            from {{ this }} as messages
            inner join changed_days
                on changed_days.mdr_date between messages.message_date and messages.last_segment_date
            where messages.is_composite
        ),

        now as (
            select distinct message_key
            from {{ mdr_relation }}
            where is_composite and {{ in_days('mdr_date', days) }}
        )

        select
            coalesce(before.message_key, now.message_key) as message_key,
            coalesce(before.message_date, elsewhere.message_date) as message_date,
            coalesce(before.last_segment_date, elsewhere.last_segment_date) as last_segment_date
        from before
        full outer join now on before.message_key = now.message_key
        left join {{ this }} as elsewhere
            on
                now.message_key = elsewhere.message_key
                and elsewhere.is_composite
                and {{ in_days('elsewhere.message_date', days_and_before()) }}
        where
            coalesce(before.message_key, now.message_key)
            not in (select message_key from counted_on_retired_days)
    {%- endif -%}
    {%- if builds_days() -%}
        ;
        create or replace table {{ touched_days() }} as
        select versions.mdr_date
        from {{ day_versions() }} as versions
        inner join (
            select distinct message_date, last_segment_date from {{ touched_messages() }}
        ) as spans
            on versions.mdr_date between spans.message_date and spans.last_segment_date
        union
        select mdr_date from ({{ changed_days_sql() }})
    {%- endif -%}
{%- endmacro %}

{# Which segments of composite messages the messages to build are made of. Plain conditions joined by
   `and`: only so does the engine skip the days that it need not read. #}
{% macro only_touched_messages() -%}
    {%- if not is_incremental() -%}
        true
    {%- elif not changed_days() -%}
        false
    {%- else -%}
        mdr_date in (select touched.mdr_date from {{ touched_days() }} as touched)
        and message_key in (select touched.message_key from {{ touched_messages() }} as touched)
    {%- endif -%}
{%- endmacro %}

{% macro get_incremental_replace_messages_sql(arg_dict) -%}
    {%- set condition -%}
        {{ in_days('message_date', listed_touched_days()) }}
        and (
            (not is_composite and {{ in_days('message_date', changed_days()) }})
            or message_key in (select message_key from {{ touched_messages() }})
        )
    {%- endset -%}
    {{ replace_where(arg_dict, condition) }}
{%- endmacro %}

{# Messages whose network has another name by now than when they were built: names come late and
   change, and no segment does. #}
{% macro renamed_messages() -%}
    (
        select
            messages.message_date,
            messages.mccmnc
        from {{ this }} as messages
        inner join {{ ref('dim_networks') }} as networks on messages.mccmnc = networks.mccmnc
        where
            messages.network_name is distinct from networks.network_name
            or messages.country_name is distinct from networks.country_name
    )
{%- endmacro %}

{# Post-hook: a message whose first segment retention has dropped keeps no recipient, since neither
   an erased number nor another key would reach it. #}
{% macro clear_recipients_of_retired_days() -%}
    {%- if is_incremental() -%}
        update {{ this }} set recipient_hash = null, recipient_masked = null
        where
            recipient_masked is not null
            and message_date in (select mdr_date from {{ retired_days() }})
    {%- endif -%}
{%- endmacro %}

{# Post-hook: names of networks as they are now; the days of renamed messages get a new version. #}
{% macro update_network_names() -%}
    {%- if is_incremental() -%}
        update {{ day_versions() }} set output_version = '{{ invocation_id }}'
        where
            model_name = '{{ this.identifier }}'
            and mdr_date in (select message_date from {{ renamed_messages() }});
        update {{ this }}
        set
            network_name = networks.network_name,
            country_name = networks.country_name
        from {{ ref('dim_networks') }} as networks
        where
            {{ this }}.mccmnc = networks.mccmnc
            and {{ this }}.mccmnc in (select mccmnc from {{ renamed_messages() }})
    {%- endif -%}
{%- endmacro %}

{# Post-hook: like record_day_versions, but the days of touched messages got a new version too. #}
{% macro record_message_versions() -%}
    {%- if builds_days() -%}
        create or replace temp table new_versions as
        with inputs as (
            {{ day_inputs_sql() }}
        ),

        changed as (
            {{ changed_days_sql() }}
            union
            select message_date from {{ touched_messages() }}
            union
            select messages.message_date
            from {{ this }} as messages
            where
                {{ in_days('messages.message_date', listed_touched_days()) }}
                and messages.message_key in (select message_key from {{ touched_messages() }})
        )

        select
            inputs.mdr_date,
            inputs.input_version,
            case
                when changed.mdr_date is null then built.output_version
                else '{{ invocation_id }}'
            end as output_version
        from inputs
        left join changed on inputs.mdr_date = changed.mdr_date
        left join {{ day_versions() }} as built
            on inputs.mdr_date = built.mdr_date and built.model_name = '{{ this.identifier }}';
        delete from {{ day_versions() }} where model_name = '{{ this.identifier }}';
        insert into {{ day_versions() }}
        select '{{ this.identifier }}', mdr_date, input_version, output_version
        from new_versions
    {%- endif -%}
{%- endmacro %}
