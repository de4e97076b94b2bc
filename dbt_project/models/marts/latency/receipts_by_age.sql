with receipt_ages_daily as (
    select * from {{ ref('int_receipt_ages_daily') }}
),

days as (
    select * from {{ ref('int_days_observed') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

ages as (
    {{ receipt_ages_sql() }}
),

-- a day that was last requested earlier lacks its late receipts
complete_days as (
    select mdr_date
    from days
    where observed_at >= {{ seconds_after('end_at', longest_receipt_age()) }}
),

receipts as (
    select
        receipt_ages_daily.mccmnc,
        receipt_ages_daily.age_bound_seconds,
        sum(receipt_ages_daily.receipt_count) as receipt_count
    from receipt_ages_daily
    inner join complete_days on receipt_ages_daily.mdr_date = complete_days.mdr_date
    group by receipt_ages_daily.mccmnc, receipt_ages_daily.age_bound_seconds
),

countries as (
    select
        networks.country_code,
        networks.country_name,
        receipts.age_bound_seconds,
        sum(receipts.receipt_count) as receipt_count
    from receipts
    left join networks on receipts.mccmnc = networks.mccmnc
    group by
        networks.country_code,
        networks.country_name,
        receipts.age_bound_seconds
),

curve as (
    select
        countries.country_code,
        countries.country_name,
        ages.age_seconds,
        {{ total(
            'case when countries.age_bound_seconds <= ages.age_seconds'
            ~ ' then countries.receipt_count end'
        ) }} as arrived_count,
        {{ total('countries.receipt_count') }} as final_count
    from countries
    cross join ages
    group by countries.country_code, countries.country_name, ages.age_seconds
),

final as (
    select
        country_code,
        country_name,
        age_seconds,
        arrived_count,
        final_count,
        {{ rate('arrived_count', 'final_count') }} as arrived_rate
    from curve
)

select * from final
