with hourly as (
    select * from {{ ref('traffic_hourly') }}
),

with_weekday as (
    select
        *,
        {{ iso_weekday('mdr_date') }} as iso_weekday,
        {{ whole_quotient(seconds_between(start_of_day('mdr_date'), 'hour_at'), 3600) }}
            as hour_of_day
    from hourly
),

final as (
    select
        cast(iso_weekday as bigint) as iso_weekday,
        cast(hour_of_day as bigint) as hour_of_day,
        count(*) as hour_count,
        {{ total('landed_seconds') }} as landed_seconds,
        {{ total('segment_count') }} as segment_count,
        sum(segment_count) * 3600 / nullif(sum(landed_seconds), 0) as mean_segments_per_hour,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count
    from with_weekday
    group by iso_weekday, hour_of_day
)

select * from final
