{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={
            'day_inputs': ['stg_miatel__day_files'],
            'days_before': 1,
            'drops_retired_days': true,
            'uses_recipient_key': true,
        },
        post_hook="{{ record_part_versions() }}",
    )
}}

-- depends_on: {{ ref('stg_miatel__day_files') }}
-- How parts find each other, and why a day's keys need no other day than the one before:
-- docs/decisions/0018-segments-to-messages.md.
{%- set neighbour_seconds = 600 %}
{%- set half_day_seconds = 43200 %}
{%- set message_seconds = 86400 %}

with parts as (
    select
        mdr_date,
        mdr_key,
        received_at,
        switch_id,
        sms_id,
        segment_number,
        nullif(segment_number, 0) as part_number,
        segment_total,
        segment_id,
        account_name,
        sender,
        {{ plain_number('recipient') }} as recipient_number,
        {{ present_id('message_id') }} as message_id
    from {{ ref('int_mdr') }}
    where is_composite and {{ changed_days_and_before('mdr_date') }}
),

-- where the recipient is absent, erased say, a message id may be that of a bulk send: the first
-- copies of each part are one message, the second copies another one
counted as (
    select
        *,
        cast(null as bigint) as copy_number
    from parts
    where recipient_number is not null or message_id is null
    union all
    select
        *,
        row_number() over (
            partition by mdr_date, account_name, message_id, part_number
            order by received_at, sms_id, mdr_key
        ) as copy_number
    from parts
    where recipient_number is null and message_id is not null
),

named as (
    select
        mdr_date,
        mdr_key,
        received_at,
        switch_id,
        sms_id,
        segment_number,
        part_number,
        segment_total,
        {{ narrow_key([
            'account_name', 'sender', 'recipient_number', 'segment_total', 'segment_id',
        ]) }} as reference_key,
        case
            when message_id is null then {{ narrow_key(['mdr_key']) }}
            else {{ narrow_key(['account_name', 'recipient_number', 'message_id', 'copy_number']) }}
        end as unit_key
    from counted
),

-- the parts of a day that surely belong together
units as (
    select
        mdr_date,
        unit_key,
        min(reference_key) as reference_key,
        min(received_at) as first_at,
        max(received_at) as last_at,
        min(sms_id) as first_sms_id,
        min(mdr_key) as first_mdr_key,
        coalesce(
            count(distinct part_number) + count(*) - count(part_number) >= max(segment_total), false
        ) as is_complete
    from named
    group by mdr_date, unit_key
),

reached as (
    select
        *,
        max(last_at) over (
            partition by reference_key, mdr_date
            order by first_at, first_sms_id, first_mdr_key
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from units
    where not is_complete
),

-- units of a day and reference, at most ten minutes between neighbours
in_runs as (
    select
        *,
        sum(
            case
                when first_at <= {{ seconds_after('reached_at', neighbour_seconds) }} then 0
                else 1
            end
        ) over (
            partition by reference_key, mdr_date
            order by first_at, first_sms_id, first_mdr_key
            rows unbounded preceding
        ) as run_number
    from reached
),

runs as (
    select
        reference_key,
        mdr_date,
        run_number,
        min(first_at) as start_at,
        max(last_at) as end_at
    from in_runs
    group by reference_key, mdr_date, run_number
),

neighbouring_runs as (
    select
        *,
        lag(mdr_date) over (partition by reference_key order by start_at) as before_date,
        lag(start_at) over (partition by reference_key order by start_at) as before_start_at,
        lag(end_at) over (partition by reference_key order by start_at) as before_end_at
    from runs
),

-- a run goes on after midnight if it began in the second half of the day before
chains as (
    select
        reference_key,
        mdr_date,
        run_number,
        start_at,
        case
            when
                before_date = mdr_date - 1
                and before_start_at
                >= {{ seconds_after(start_of_day('before_date'), half_day_seconds) }}
                and start_at <= {{ seconds_after('before_end_at', neighbour_seconds) }}
                then before_start_at
            else start_at
        end as chain_start_at
    from neighbouring_runs
),

chained_units as (
    select
        units.*,
        coalesce(chains.start_at, units.first_at) as run_start_at,
        chains.chain_start_at,
        units.last_at > {{ seconds_after('chains.chain_start_at', message_seconds) }} as is_too_long
    from units
    left join in_runs on units.mdr_date = in_runs.mdr_date and units.unit_key = in_runs.unit_key
    left join chains
        on
            in_runs.reference_key = chains.reference_key
            and in_runs.mdr_date = chains.mdr_date
            and in_runs.run_number = chains.run_number
),

-- a message id goes on after midnight under the same condition, with half a day in between
continued as (
    select
        later.mdr_date,
        later.unit_key,
        earlier.mdr_date as earlier_date,
        coalesce(
            later.reference_key = earlier.reference_key
            and later.chain_start_at = earlier.chain_start_at,
            false
        ) as is_in_its_chain
    from chained_units as later
    inner join chained_units as earlier
        on
            later.unit_key = earlier.unit_key
            and later.mdr_date = earlier.mdr_date + 1
            and later.first_at <= {{ seconds_after('earlier.last_at', half_day_seconds) }}
            and later.last_at <= {{ seconds_after('earlier.run_start_at', message_seconds) }}
            and earlier.run_start_at
            >= {{ seconds_after(start_of_day('earlier.mdr_date'), half_day_seconds) }}
),

-- the n-th unit with a part number belongs to the n-th message of its chain; of parts without a
-- number as many as there are in all. What goes on after midnight counts where its beginning does.
ranked as (
    select
        named.mdr_date,
        named.unit_key,
        named.part_number,
        named.segment_total,
        dense_rank() over (
            partition by
                chained_units.reference_key,
                chained_units.chain_start_at,
                chained_units.is_too_long,
                named.part_number
            order by
                chained_units.first_at,
                chained_units.first_sms_id,
                chained_units.first_mdr_key
        ) as occurrence
    from named
    inner join chained_units
        on named.mdr_date = chained_units.mdr_date and named.unit_key = chained_units.unit_key
    left join continued
        on named.mdr_date = continued.mdr_date and named.unit_key = continued.unit_key
    where
        not chained_units.is_complete
        and (continued.unit_key is null or continued.is_in_its_chain)
),

message_numbers as (
    select
        mdr_date,
        unit_key,
        max(
            case
                when part_number is not null then occurrence
                when segment_total is null then 1
                else 1 + cast(floor((occurrence - 1) / segment_total) as bigint)
            end
        ) as message_number
    from ranked
    group by mdr_date, unit_key
),

begun as (
    select
        chained_units.mdr_date,
        chained_units.unit_key,
        case
            when message_numbers.message_number is null
                then {{ narrow_key([
                    narrow_key_text('chained_units.unit_key'), 'chained_units.mdr_date',
                ]) }}
            else {{ narrow_key([
                narrow_key_text('chained_units.reference_key'),
                'chained_units.chain_start_at',
                'chained_units.is_too_long',
                'message_numbers.message_number',
            ]) }}
        end as message_group
    from chained_units
    left join message_numbers
        on
            chained_units.mdr_date = message_numbers.mdr_date
            and chained_units.unit_key = message_numbers.unit_key
),

grouped as (
    select
        named.*,
        begun.message_group
    from named
    left join continued
        on named.mdr_date = continued.mdr_date and named.unit_key = continued.unit_key
    inner join begun
        on
            named.unit_key = begun.unit_key
            and begun.mdr_date = coalesce(continued.earlier_date, named.mdr_date)
),

found as (
    select
        *,
        first_value(mdr_key) over (
            partition by message_group
            order by received_at, segment_number nulls last, mdr_key
        ) as message_key
    from grouped
),

-- From here on: parts of a day whose day before is retired keep the message key that they had.
-- A part is recognised by its key, or, when that changed with the recipients' key or by erasing,
-- by what is no personal data of it.
held as (
    select * from found
    where not {{ is_not_retired('(mdr_date - 1)') }}
),

former as (
    select * from {{ former_segments() }}
),

held_numbered as (
    select
        held.*,
        row_number() over (
            partition by
                held.mdr_date, held.received_at, held.switch_id, held.sms_id, held.segment_number
            order by held.mdr_key
        ) as number_among_equals
    from held
    left join former on held.mdr_key = former.mdr_key
    where former.mdr_key is null
),

former_numbered as (
    select
        former.*,
        row_number() over (
            partition by
                former.mdr_date,
                former.received_at,
                former.switch_id,
                former.sms_id,
                former.segment_number
            order by former.mdr_key
        ) as number_among_equals
    from former
    left join held on former.mdr_key = held.mdr_key
    where held.mdr_key is null
),

seen as (
    select
        held.mdr_date,
        held.mdr_key,
        held.received_at,
        held.segment_number,
        held.message_key,
        former.message_key as former_key,
        former.began_before
    from held
    inner join former on held.mdr_key = former.mdr_key
    union all
    select
        held.mdr_date,
        held.mdr_key,
        held.received_at,
        held.segment_number,
        held.message_key,
        former.message_key as former_key,
        former.began_before
    from held_numbered as held
    inner join former_numbered as former
        on
            held.mdr_date = former.mdr_date
            and held.received_at = former.received_at
            and held.switch_id is not distinct from former.switch_id
            and held.sms_id is not distinct from former.sms_id
            and held.segment_number is not distinct from former.segment_number
            and held.number_among_equals = former.number_among_equals
),

former_keys as (
    select
        mdr_date,
        mdr_key,
        message_key,
        case
            when began_before then former_key
            else first_value(mdr_key) over (
                partition by mdr_date, former_key
                order by received_at, segment_number nulls last, mdr_key
            )
        end as inherited_key,
        row_number() over (
            partition by mdr_date, message_key
            order by received_at, segment_number nulls last, mdr_key
        ) as part_rank
    from seen
),

-- a part never seen before belongs to the former message of its present one's first known part
assigned as (
    select
        held.mdr_key,
        coalesce(own.inherited_key, beside.inherited_key, held.message_key) as message_key,
        coalesce(own.inherited_key, beside.inherited_key) is null as is_new
    from held
    left join former_keys as own on held.mdr_key = own.mdr_key
    left join former_keys as beside
        on
            held.mdr_date = beside.mdr_date
            and held.message_key = beside.message_key
            and beside.part_rank = 1
),

final as (
    select
        found.mdr_date,
        found.mdr_key,
        coalesce(own.message_key, firsts.message_key, found.message_key) as message_key,
        coalesce(own.is_new and found.mdr_key = found.message_key, false)
            as begins_after_retired_day
    from found
    left join assigned as own on found.mdr_key = own.mdr_key
    left join assigned as firsts on found.message_key = firsts.mdr_key
    where {{ only_changed_days('found.mdr_date') }}
)

select * from final
