{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['int_watch_hourly'], 'days_before': 7},
        post_hook="{{ record_day_versions() }}",
    )
}}

{#- How far a difference of two rates must lie outside of chance, in standard errors. #}
{%- set least_sigmas = 4 %}
{#- Inflated traffic: so many times the usual volume, and a rate so much lower than usual. #}
{%- set inflated_volume = 2 %}
{%- set inflated_drop_rate = 0.1 %}
{#- A wider finding gives way to a narrower one that explains so much of its loss. #}
{%- set explaining_share = 0.8 %}

with hourly as (
    select * from {{ ref('int_watch_hourly') }}
    where {{ up_to_changed_days('mdr_date') }}
),

days_back as (
    {%- for day_number in range(1, 8) %}
    select {{ day_number }} as day_number
    {{- " union all by name" if not loop.last }}
    {%- endfor %}
),

candidates as (
    select
        *,
        concat_ws('|', scope, mccmnc, account_name, sender) as scope_key
    from hourly
    where
        {{ only_changed_days('mdr_date') }}
        and settled_message_count >= {{ var('watch_min_messages') }}
),

same_hours as (
    select
        candidates.*,
        candidates.hour_at - days_back.day_number * interval '1 day' as earlier_hour_at
    from candidates
    cross join days_back
),

-- hours with any traffic: one without any was not landed, or tells nothing of the usual
landed_hours as (
    select hour_at from hourly
    where scope = 'all'
),

usual as (
    select
        same_hours.hour_at,
        same_hours.scope_key,
        count(*) as hour_count,
        sum(earlier.settled_message_count) as message_count,
        sum(earlier.delivered_message_count) as delivered_message_count
    from same_hours
    inner join landed_hours on same_hours.earlier_hour_at = landed_hours.hour_at
    left join hourly as earlier
        on
            same_hours.earlier_hour_at = earlier.hour_at
            and same_hours.scope = earlier.scope
            and same_hours.mccmnc is not distinct from earlier.mccmnc
            and same_hours.account_name is not distinct from earlier.account_name
            and same_hours.sender is not distinct from earlier.sender
    group by same_hours.hour_at, same_hours.scope_key
),

-- rates, and the same comparison in whole numbers, which nothing rounds
rates as (
    select
        candidates.*,
        usual.hour_count as usual_hour_count,
        usual.message_count as usual_total_count,
        usual.delivered_message_count * candidates.settled_message_count as usual_product,
        candidates.delivered_message_count * usual.message_count as observed_product,
        usual.message_count / usual.hour_count as usual_message_count,
        usual.delivered_message_count / usual.message_count as usual_rate,
        candidates.delivered_message_count / candidates.settled_message_count as observed_rate,
        (usual.delivered_message_count + candidates.delivered_message_count)
        / (usual.message_count + candidates.settled_message_count) as common_rate
    from candidates
    inner join usual
        on candidates.hour_at = usual.hour_at and candidates.scope_key = usual.scope_key
    where usual.message_count > 0
),

judged as (
    select
        *,
        usual_rate * settled_message_count - delivered_message_count as lost_message_count,
        (usual_rate - observed_rate) / nullif(
            sqrt(
                common_rate * (1 - common_rate)
                * (1.0 / settled_message_count + 1.0 / usual_total_count)
            ),
            0
        ) as sigmas
    from rates
),

flagged as (
    select
        *,
        case
            when
                scope = 'account_network'
                and observed_product < usual_product * (1 - {{ inflated_drop_rate }})
                and settled_message_count >= {{ inflated_volume }} * usual_message_count
                and usual_hour_count >= 3
                then 'volume_up_delivery_down'
            when observed_product < usual_product * (1 - {{ var('watch_drop_rate') }})
                then 'delivery_drop'
        end as watch_type
    from judged
    where sigmas >= {{ least_sigmas }}
),

nested as (
    select
        wide.hour_at,
        wide.scope_key as wide_key,
        narrow.scope_key as narrow_key,
        narrow.lost_message_count >= {{ explaining_share }} * wide.lost_message_count as explains
    from flagged as wide
    inner join flagged as narrow
        on
            wide.hour_at = narrow.hour_at
            and wide.scope <> narrow.scope
            and coalesce(wide.mccmnc = narrow.mccmnc, wide.mccmnc is null)
            and coalesce(wide.account_name = narrow.account_name, wide.account_name is null)
            and coalesce(wide.sender = narrow.sender, wide.sender is null)
    where wide.watch_type is not null and narrow.watch_type is not null
),

-- what a narrower finding explains
explained as (
    select distinct
        hour_at,
        wide_key as scope_key
    from nested
    where explains
),

-- what is part of a wider finding that no narrower one explains
included as (
    select distinct
        nested.hour_at,
        nested.narrow_key as scope_key
    from nested
    left join explained
        on nested.hour_at = explained.hour_at and nested.wide_key = explained.scope_key
    where explained.scope_key is null
),

final as (
    select
        flagged.mdr_date,
        flagged.hour_at,
        flagged.watch_type,
        flagged.mccmnc,
        flagged.account_name,
        flagged.sender,
        flagged.settled_message_count as message_count,
        flagged.usual_message_count,
        flagged.usual_rate,
        flagged.observed_rate
    from flagged
    left join explained
        on flagged.hour_at = explained.hour_at and flagged.scope_key = explained.scope_key
    left join included
        on flagged.hour_at = included.hour_at and flagged.scope_key = included.scope_key
    where
        flagged.watch_type is not null
        and explained.scope_key is null
        and included.scope_key is null
)

select * from final
