with prices as (
    select * from {{ ref('int_prices_daily') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

with_previous as (
    select
        *,
        lag(price) over (
            partition by mccmnc, account_name, currency
            order by mdr_date
        ) as previous_price
    from prices
),

changes as (
    select
        *,
        lead(mdr_date) over (
            partition by mccmnc, account_name, currency
            order by mdr_date
        ) as next_changed_on_date
    from with_previous
    where price <> previous_price
),

final as (
    select
        networks.country_code,
        networks.country_name,
        changes.mccmnc,
        networks.network_name,
        changes.account_name,
        changes.currency,
        changes.mdr_date as changed_on_date,
        changes.previous_price,
        changes.price,
        {{ rate(
            'cast(changes.price - changes.previous_price as double)',
            'cast(changes.previous_price as double)'
        ) }} as change_rate,
        changes.next_changed_on_date - 1 as until_date
    from changes
    left join networks on changes.mccmnc = networks.mccmnc
)

select * from final
