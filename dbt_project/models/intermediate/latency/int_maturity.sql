{{ config(materialized='table') }}

with receipts as (
    select * from {{ ref('receipts_by_age') }}
),

ages as (
    select
        age_seconds,
        sum(arrived_count) as arrived_count,
        sum(final_count) as final_count
    from receipts
    group by age_seconds
),

final as (
    select coalesce(min(age_seconds), {{ longest_receipt_age() }}) as maturity_seconds
    from ages
    where arrived_count >= 0.99 * final_count
)

select * from final
