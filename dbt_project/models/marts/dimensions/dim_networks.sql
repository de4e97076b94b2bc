with networks as (
    select * from {{ ref('stg_miatel__networks') }}
),

networks_daily as (
    select * from {{ ref('int_networks_daily') }}
),

countries as (
    select * from {{ ref('countries_by_mcc') }}
),

mnc_digits as (
    select * from {{ ref('mnc_digits') }}
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
    union all
    select
        {{ none_text() }} as mccmnc,
        null as network_name,
        1 as preference,
        null as named_at
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

-- a network's own length before that of its country; one of two digits holds no number above 99
measured as (
    select
        numbered.*,
        coalesce(of_network.mnc_digits, of_country.mnc_digits) as mnc_digits
    from numbered
    left join mnc_digits as of_network
        on numbered.mcc = of_network.mcc and numbered.mnc = of_network.mnc
    left join mnc_digits as of_country
        on numbered.mcc = of_country.mcc and of_country.mnc = 'any'
),

final as (
    select
        measured.mccmnc,
        measured.mcc,
        measured.mnc,
        case
            when measured.mnc_digits = 3 then measured.mcc || '-' || measured.mnc
            when measured.mnc_digits = 2 and left(measured.mnc, 1) = '0'
                then measured.mcc || '-' || right(measured.mnc, 2)
        end as plmn,
        case
            when measured.mccmnc = {{ none_text() }} then {{ none_text() }}
            else coalesce(measured.network_name, {{ unnamed_network('measured.mccmnc') }})
        end as network_name,
        {{ or_none('countries.country_code') }} as country_code,
        {{ or_none('countries.country_name') }} as country_name,
        measured.is_seen
    from measured
    left join countries on measured.mcc = countries.mcc
)

select * from final
