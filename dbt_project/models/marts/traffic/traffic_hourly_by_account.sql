{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['fct_mdr']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

seconds as (
    select
        {{ start_of_hour('received_at') }} as hour_at,
        {{ second_of_hour('received_at') }} as second_of_hour,
        mdr_date,
        account_name,
        count(*) as segment_count,
        count(case when outcome = 'delivered' then 1 end) as delivered_segment_count,
        count(case when {{ is_throttled('response_code') }} then 1 end)
            as throttled_segment_count
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by hour_at, second_of_hour, mdr_date, account_name
),

-- count and second in one number, so that one maximum finds the earliest of the busiest seconds
hours as (
    select
        hour_at,
        mdr_date,
        account_name,
        max(segment_count * 3600 + 3599 - second_of_hour) as peak,
        {{ total('segment_count') }} as segment_count,
        {{ total('delivered_segment_count') }} as delivered_segment_count,
        {{ total('throttled_segment_count') }} as throttled_segment_count
    from seconds
    group by hour_at, mdr_date, account_name
),

final as (
    select
        hour_at,
        mdr_date,
        account_name,
        segment_count,
        delivered_segment_count,
        cast({{ whole_quotient('peak', 3600) }} as bigint) as peak_segments_per_second,
        {{ seconds_after('hour_at', '3599 - peak % 3600') }} as peak_at,
        throttled_segment_count,
        {{ rate('throttled_segment_count', 'segment_count') }} as throttled_rate
    from hours
)

select * from final
