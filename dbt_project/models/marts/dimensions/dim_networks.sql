with networks as (
    select * from {{ ref('stg_miatel__networks') }}
),

networks_daily as (
    select * from {{ ref('int_networks_daily') }}
),

countries as (
    select * from {{ ref('countries_by_mcc') }}
),

-- the vendor's own list of names speaks before the names that stand in the records
names as (
    select
        mccmnc,
        network_name,
        1 as preference,
        first_received_at as named_at
    from networks
    union all
    select
        mccmnc,
        network_name,
        case when network_name is null then 3 else 2 end as preference,
        last_received_at as named_at
    from networks_daily
),

ranked as (
    select
        *,
        row_number() over (
            partition by mccmnc
            order by preference asc, named_at desc, network_name asc
        ) as name_rank,
        max(case when preference > 1 then 1 else 0 end) over (partition by mccmnc) as seen
    from names
    where mccmnc is not null
),

numbered as (
    select
        mccmnc,
        network_name,
        case when {{ is_six_digits('mccmnc') }} then left(mccmnc, 3) end as mcc,
        case when {{ is_six_digits('mccmnc') }} then right(mccmnc, 3) end as mnc,
        seen = 1 as is_seen
    from ranked
    where name_rank = 1
),

final as (
    select
        numbered.mccmnc,
        numbered.mcc,
        numbered.mnc,
        coalesce(numbered.network_name, 'unknown') as network_name,
        countries.country_code,
        coalesce(countries.country_name, 'unknown') as country_name,
        numbered.is_seen
    from numbered
    left join countries on numbered.mcc = countries.mcc
)

select * from final
