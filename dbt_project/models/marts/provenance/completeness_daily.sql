with coverage as (
    select * from {{ ref('extract_coverage') }}
),

day_files as (
    select * from {{ ref('stg_miatel__day_files') }}
),

delivery_daily as (
    select * from {{ ref('int_delivery_daily') }}
),

days as (
    {{ calendar_days('day_files') }}
),

landed as (
    select
        mdr_date,
        sum(duration_seconds) as landed_seconds,
        sum(row_count) as row_count,
        max(requested_at) as last_requested_at,
        count(distinct request_key) as request_count
    from coverage
    where interval_type = 'landed'
    group by mdr_date
),

history as (
    select
        min(start_at) as first_landed_at,
        max(end_at) as last_landed_at
    from coverage
),

segments as (
    select
        mdr_date,
        sum(segment_count) as segment_count,
        sum(pending_segment_count) as pending_segment_count
    from delivery_daily
    group by mdr_date
),

-- the first and the last day are wanted only from the first and up to the last landed second
wanted as (
    select
        days.mdr_date,
        {{ seconds_between(
            'greatest(' ~ start_of_day('days.mdr_date') ~ ', history.first_landed_at)',
            'least(' ~ start_of_day('days.mdr_date + 1') ~ ', history.last_landed_at)'
        ) }} as wanted_seconds
    from days
    cross join history
),

final as (
    select
        wanted.mdr_date,
        cast(coalesce(landed.landed_seconds, 0) as bigint) as landed_seconds,
        cast(wanted.wanted_seconds - coalesce(landed.landed_seconds, 0) as bigint) as gap_seconds,
        coalesce(landed.landed_seconds, 0) = 86400 as is_complete,
        cast(coalesce(landed.row_count, 0) as bigint) as row_count,
        cast(coalesce(segments.segment_count, 0) as bigint) as segment_count,
        cast(coalesce(segments.pending_segment_count, 0) as bigint) as pending_segment_count,
        landed.last_requested_at,
        coalesce(landed.request_count, 0) as request_count,
        day_files.retired_at is not null as is_retired,
        day_files.retired_at is null
        or coalesce(landed.row_count, 0) = 0
        or coalesce(segments.segment_count, 0) > 0 as has_sums,
        held_days.held_reason
    from wanted
    left join landed on wanted.mdr_date = landed.mdr_date
    left join segments on wanted.mdr_date = segments.mdr_date
    left join day_files on wanted.mdr_date = day_files.mdr_date
    left join {{ held_days() }} as held_days on wanted.mdr_date = held_days.mdr_date
)

select * from final
