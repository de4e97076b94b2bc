{{ config(materialized='table') }}

with days as (
    select * from {{ ref('int_days_observed') }}
),

maturity as (
    select * from {{ ref('int_maturity') }}
),

moments as (
    select
        days.mdr_date,
        days.start_at,
        days.end_at,
        {{ seconds_after('days.observed_at', '-maturity.maturity_seconds') }} as mature_until_at
    from days
    cross join maturity
),

-- hours are mature or not: a day is mature from its last hour on, and immature before its first
final as (
    select
        mdr_date,
        mature_until_at,
        mature_until_at >= end_at as is_mature,
        mature_until_at >= {{ seconds_after('start_at', 3600) }} and mature_until_at < end_at
            as is_partly_mature
    from moments
)

select * from final
