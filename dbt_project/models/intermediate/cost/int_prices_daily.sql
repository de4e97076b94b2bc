{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['fct_mdr']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

prices as (
    select
        mdr_date,
        mccmnc,
        account_name,
        currency,
        price,
        count(*) as segment_count
    from mdr
    -- a refused segment costs nothing, whatever the price of its network is
    where {{ only_changed_days('mdr_date') }} and is_accepted and price is not null
    group by mdr_date, mccmnc, account_name, currency, price
),

ranked as (
    select
        *,
        sum(segment_count) over (
            partition by mdr_date, mccmnc, account_name, currency
        ) as priced_segment_count,
        row_number() over (
            partition by mdr_date, mccmnc, account_name, currency
            order by segment_count desc, price asc
        ) as price_rank
    from prices
),

final as (
    select
        mdr_date,
        mccmnc,
        account_name,
        currency,
        price,
        segment_count,
        cast(priced_segment_count as bigint) as priced_segment_count
    from ranked
    where price_rank = 1
)

select * from final
