{{ config(materialized='table') }}

with settling as (
    select * from {{ ref('receipt_settling') }}
),

ages as (
    select
        age_seconds,
        sum(settled_count) as settled_count,
        sum(final_count) as final_count
    from settling
    group by age_seconds
),

final as (
    select coalesce(min(age_seconds), {{ longest_settling_age() }}) as maturity_seconds
    from ages
    where settled_count >= 0.99 * final_count
)

select * from final
