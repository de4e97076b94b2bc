{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['stg_miatel__day_files']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with intervals as (
    {{ coverage_intervals(ref('stg_miatel__day_files')) }}
),

hours_of_day as (
    {%- for hour in range(24) %}
    select {{ hour * 3600 }} as first_second{{ ' union all' if not loop.last }}
    {%- endfor %}
),

parts as (
    select
        intervals.mdr_date,
        intervals.start_at,
        intervals.end_at,
        intervals.requested_at,
        {{ seconds_after(start_of_day('intervals.mdr_date'), 'hours_of_day.first_second') }}
            as hour_at,
        {{ seconds_after(start_of_day('intervals.mdr_date'), 'hours_of_day.first_second + 3600') }}
            as hour_end_at
    from intervals
    cross join hours_of_day
    where {{ only_changed_days('intervals.mdr_date') }}
),

final as (
    select
        mdr_date,
        hour_at,
        cast(
            sum({{ seconds_between('greatest(start_at, hour_at)', 'least(end_at, hour_end_at)') }})
            as bigint
        ) as landed_seconds,
        max(requested_at) as last_requested_at
    from parts
    where start_at < hour_end_at and end_at > hour_at
    group by mdr_date, hour_at
)

select * from final
