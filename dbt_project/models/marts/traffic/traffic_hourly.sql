{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['fct_mdr', 'int_hours_landed']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

hours_landed as (
    select * from {{ ref('int_hours_landed') }}
),

seconds as (
    select
        {{ start_of_hour('received_at') }} as hour_at,
        {{ second_of_hour('received_at') }} as second_of_hour,
        mdr_date,
        count(*) as segment_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when {{ is_throttled('response_code') }} then 1 end)
            as throttled_segment_count
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by hour_at, second_of_hour, mdr_date
),

-- count and second in one number, so that one maximum finds the earliest of the busiest seconds
hours as (
    select
        hour_at,
        mdr_date,
        max(segment_count * 3600 + 3599 - second_of_hour) as peak,
        {{ total('segment_count') }} as segment_count,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count
    from seconds
    group by hour_at, mdr_date
),

landed as (
    select * from hours_landed
    where {{ only_changed_days('mdr_date') }}
),

final as (
    select
        coalesce(landed.hour_at, hours.hour_at) as hour_at,
        coalesce(landed.mdr_date, hours.mdr_date) as mdr_date,
        coalesce(landed.landed_seconds, 0) as landed_seconds,
        coalesce(hours.segment_count, 0) as segment_count,
        coalesce(hours.delivered_segment_count, 0) as delivered_segment_count,
        cast(coalesce({{ whole_quotient('hours.peak', 3600) }}, 0) as bigint)
            as peak_segments_per_second,
        {{ seconds_after('hours.hour_at', '3599 - hours.peak % 3600') }} as peak_at,
        coalesce(hours.throttled_segment_count, 0) as throttled_segment_count,
        {{ rate('hours.throttled_segment_count', 'hours.segment_count') }} as throttled_rate
    from landed
    full outer join hours on landed.hour_at = hours.hour_at
)

select * from final
