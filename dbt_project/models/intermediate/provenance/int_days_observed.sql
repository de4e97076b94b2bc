{{ config(materialized='table') }}

with landed as (
    select
        mdr_date,
        max(last_requested_at) as last_requested_at
    from {{ ref('int_hours_landed') }}
    group by mdr_date
),

delivery as (
    select
        mdr_date,
        sum(pending_segment_count) as pending_segment_count
    from {{ ref('int_delivery_daily') }}
    group by mdr_date
),

latest as (
    select max(last_requested_at) as last_requested_at from landed
),

joined as (
    select
        coalesce(landed.mdr_date, delivery.mdr_date) as mdr_date,
        landed.last_requested_at,
        coalesce(delivery.pending_segment_count, 0) > 0 as has_pending
    from landed
    full outer join delivery on landed.mdr_date = delivery.mdr_date
),

-- a day without an open receipt counts as requested by the latest request: nothing would change
final as (
    select
        joined.mdr_date,
        {{ start_of_day('joined.mdr_date') }} as start_at,
        {{ seconds_after(start_of_day('joined.mdr_date'), 86400) }} as end_at,
        joined.has_pending,
        case
            when joined.has_pending
                then coalesce(joined.last_requested_at, latest.last_requested_at)
            else latest.last_requested_at
        end as observed_at
    from joined
    cross join latest
)

select * from final
