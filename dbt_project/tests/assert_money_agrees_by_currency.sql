-- For every day and currency, the prices of the MDRs add up to the daily mart's cost.
-- A retired day has its sums only.
with facts as (
    select
        mdr_date,
        currency,
        sum(price) as cost
    from {{ ref('fct_mdr') }}
    group by mdr_date, currency
),

mart as (
    select
        mdr_date,
        currency,
        sum(cost) as cost
    from {{ ref('delivery_daily') }}
    group by mdr_date, currency
)

select
    coalesce(facts.mdr_date, mart.mdr_date) as mdr_date,
    coalesce(facts.currency, mart.currency) as currency,
    facts.cost as fact_cost,
    mart.cost as mart_cost
from facts
full outer join mart
    on facts.mdr_date = mart.mdr_date and facts.currency is not distinct from mart.currency
where
    facts.cost is distinct from mart.cost
    and coalesce(facts.mdr_date, mart.mdr_date) not in (
        select day_files.mdr_date
        from {{ ref('stg_miatel__day_files') }} as day_files
        where day_files.retired_at is not null
    )
