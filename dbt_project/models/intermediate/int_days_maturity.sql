{{ config(materialized='table') }}

with completeness as (
    select * from {{ ref('completeness_daily') }}
),

final as (
    select
        mdr_date,
        {{ start_of_day('mdr_date') }} as start_at,
        {{ start_of_day('mdr_date + 1') }} as end_at,
        {{ seconds_after('max(last_requested_at) over ()', '-259200') }} as mature_until_at
    from completeness
)

select * from final
