with settling_daily as (
    select * from {{ ref('int_settling_daily') }}
),

days as (
    select * from {{ ref('int_days_observed') }}
),

networks as (
    select * from {{ ref('dim_networks') }}
),

ages as (
    {{ settling_ages_sql() }}
),

-- a day that was last looked at earlier lacks its late receipts
settled_days as (
    select mdr_date
    from days
    where observed_at >= {{ seconds_after('end_at', longest_settling_age()) }}
),

receipts as (
    select
        settling_daily.mccmnc,
        settling_daily.age_bound_seconds,
        sum(settling_daily.receipt_count) as receipt_count
    from settling_daily
    inner join settled_days on settling_daily.mdr_date = settled_days.mdr_date
    group by settling_daily.mccmnc, settling_daily.age_bound_seconds
),

countries as (
    select
        networks.country_code,
        coalesce(networks.country_name, 'unknown') as country_name,
        receipts.age_bound_seconds,
        sum(receipts.receipt_count) as receipt_count
    from receipts
    left join networks on receipts.mccmnc = networks.mccmnc
    group by
        networks.country_code,
        coalesce(networks.country_name, 'unknown'),
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
        ) }} as settled_count,
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
        settled_count,
        final_count,
        {{ rate('settled_count', 'final_count') }} as settled_rate
    from curve
)

select * from final
