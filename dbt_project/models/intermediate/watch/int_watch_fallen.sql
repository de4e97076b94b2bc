{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={
            'day_inputs': ['int_watch_hourly'],
            'days_before': 7,
            'settings': [var('watch_drop_rate'), var('watch_min_messages')],
        },
        post_hook="{{ record_day_versions() }}",
    )
}}

{#- How far a difference of two rates must lie outside of chance, in standard errors. #}
{%- set least_sigmas = 4 %}
{#- Inflated traffic: so many times the usual volume of so many hours, so much less delivered. #}
{%- set inflated_volume = 2 %}
{%- set inflated_hours = 3 %}
{%- set inflated_drop_rate = 0.1 %}

with hourly as (
    select * from {{ ref('int_watch_hourly') }}
    where {{ up_to_changed_days('mdr_date') }}
),

days_back as (
    {%- for day_number in range(1, 8) %}
    select {{ day_number }} as day_number
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

candidates as (
    select
        *,
        concat_ws('|', scope, mccmnc, account_name, sender) as scope_key
    from hourly
    where
        {{ only_changed_days('mdr_date') }}
        and stable_message_count >= {{ var('watch_min_messages') }}
),

same_hours as (
    select
        candidates.*,
        {{ seconds_after('candidates.hour_at', '-86400 * days_back.day_number') }}
            as earlier_hour_at
    from candidates
    cross join days_back
),

-- hours with any traffic: one without any was not landed, or says nothing of the usual
landed_hours as (
    select hour_at from hourly
    where scope = 'all'
),

usual as (
    select
        same_hours.hour_at,
        same_hours.scope_key,
        count(*) as hour_count,
        coalesce(sum(earlier.stable_message_count), 0) as message_count,
        coalesce(sum(earlier.delivered_message_count), 0) as delivered_message_count
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

risen as (
    select candidates.*
    from candidates
    inner join usual
        on candidates.hour_at = usual.hour_at and candidates.scope_key = usual.scope_key
    where
        candidates.scope = 'account_network'
        and usual.hour_count >= {{ inflated_hours }}
        and candidates.stable_message_count * usual.hour_count
        >= {{ inflated_volume }} * usual.message_count
),

-- an account's few messages to a network have a usual rate only over all hours of the 7 days
risen_usual as (
    select
        risen.hour_at,
        risen.scope_key,
        sum(earlier.stable_message_count) as message_count,
        sum(earlier.delivered_message_count) as delivered_message_count
    from risen
    inner join hourly as earlier
        on
            risen.scope = earlier.scope
            and risen.mccmnc = earlier.mccmnc
            and risen.account_name = earlier.account_name
            and risen.mdr_date > earlier.mdr_date
            and risen.mdr_date - 7 <= earlier.mdr_date
    group by risen.hour_at, risen.scope_key
),

compared as (
    select
        'volume_up_delivery_down' as watch_type,
        hour_at,
        scope_key,
        message_count,
        delivered_message_count,
        {{ inflated_drop_rate }} as least_drop_rate
    from risen_usual
    union all
    select
        'delivery_drop' as watch_type,
        hour_at,
        scope_key,
        message_count,
        delivered_message_count,
        {{ var('watch_drop_rate') }} as least_drop_rate
    from usual
),

rates as (
    select
        compared.watch_type,
        candidates.mdr_date,
        candidates.hour_at,
        candidates.scope,
        candidates.mccmnc,
        candidates.account_name,
        candidates.sender,
        candidates.scope_key,
        candidates.stable_message_count as message_count,
        compared.message_count as compared_message_count,
        compared.delivered_message_count / compared.message_count as usual_rate,
        candidates.delivered_message_count / candidates.stable_message_count as observed_rate,
        (compared.delivered_message_count + candidates.delivered_message_count)
        / (compared.message_count + candidates.stable_message_count) as common_rate
    from candidates
    inner join compared
        on candidates.hour_at = compared.hour_at and candidates.scope_key = compared.scope_key
    where
        compared.message_count > 0
        -- integers on both sides: nothing is rounded at the edge
        and candidates.delivered_message_count * compared.message_count
        < compared.delivered_message_count * candidates.stable_message_count
        * (1 - compared.least_drop_rate)
),

fallen as (
    select
        *,
        row_number() over (partition by hour_at, scope_key order by watch_type desc) as preference
    from rates
    where
        usual_rate - observed_rate
        >= {{ least_sigmas }} * sqrt(
            common_rate * (1 - common_rate) * (1.0 / message_count + 1.0 / compared_message_count)
        )
),

final as (
    select
        fallen.mdr_date,
        fallen.hour_at,
        fallen.watch_type,
        fallen.scope,
        fallen.mccmnc,
        fallen.account_name,
        fallen.sender,
        fallen.message_count,
        usual.message_count / usual.hour_count as usual_message_count,
        fallen.usual_rate,
        fallen.observed_rate,
        (fallen.usual_rate - fallen.observed_rate) * fallen.message_count as lost_message_count
    from fallen
    inner join usual on fallen.hour_at = usual.hour_at and fallen.scope_key = usual.scope_key
    where fallen.preference = 1
)

select * from final
