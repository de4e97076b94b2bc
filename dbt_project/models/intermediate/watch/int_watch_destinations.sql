{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={
            'day_inputs': ['int_watch_hourly'],
            'days_before': 28,
            'settings': [var('watch_min_messages')],
        },
        post_hook="{{ record_day_versions() }}",
    )
}}

{#- So many times what the account's history lets expect, and no more than such a share of it. #}
{%- set least_ratio = 10 %}
{%- set unusual_share = 0.01 %}
{#- An account with traffic on fewer of the 28 days before has no history to compare with. #}
{%- set least_days = 7 %}

with hourly as (
    select * from {{ ref('int_watch_hourly') }}
    where scope = 'account_network' and {{ up_to_changed_days('mdr_date') }}
),

by_destination as (
    select
        mdr_date,
        account_name,
        mccmnc,
        sum(message_count) as message_count,
        min(hour_at) as since_at,
        {{ seconds_after('max(hour_at)', 3600) }} as until_at
    from hourly
    group by mdr_date, account_name, mccmnc
),

by_account as (
    select
        mdr_date,
        account_name,
        sum(message_count) as message_count
    from hourly
    group by mdr_date, account_name
),

candidates as (
    select * from by_destination
    where
        {{ only_changed_days('mdr_date') }}
        and message_count >= {{ var('watch_min_messages') }}
),

candidate_accounts as (
    select distinct
        mdr_date,
        account_name
    from candidates
),

account_history as (
    select
        candidates.mdr_date,
        candidates.account_name,
        count(*) as day_count,
        sum(earlier.message_count) as message_count
    from candidate_accounts as candidates
    inner join by_account as earlier
        on
            candidates.account_name = earlier.account_name
            and candidates.mdr_date > earlier.mdr_date
            and candidates.mdr_date - 28 <= earlier.mdr_date
    group by candidates.mdr_date, candidates.account_name
),

destination_history as (
    select
        candidates.mdr_date,
        candidates.account_name,
        candidates.mccmnc,
        sum(earlier.message_count) as message_count
    from candidates
    inner join by_destination as earlier
        on
            candidates.account_name = earlier.account_name
            and candidates.mccmnc = earlier.mccmnc
            and candidates.mdr_date > earlier.mdr_date
            and candidates.mdr_date - 28 <= earlier.mdr_date
    group by candidates.mdr_date, candidates.account_name, candidates.mccmnc
),

expected as (
    select
        candidates.mdr_date,
        candidates.account_name,
        candidates.mccmnc,
        candidates.since_at,
        candidates.until_at,
        cast(candidates.message_count as bigint) as message_count,
        by_account.message_count as account_message_count,
        coalesce(destination_history.message_count, 0) / account_history.message_count
            as usual_share
    from candidates
    inner join by_account
        on
            candidates.mdr_date = by_account.mdr_date
            and candidates.account_name = by_account.account_name
    inner join account_history
        on
            candidates.mdr_date = account_history.mdr_date
            and candidates.account_name = account_history.account_name
    left join destination_history
        on
            candidates.mdr_date = destination_history.mdr_date
            and candidates.account_name = destination_history.account_name
            and candidates.mccmnc = destination_history.mccmnc
    where account_history.day_count >= {{ least_days }}
),

final as (
    select
        mdr_date,
        account_name,
        mccmnc,
        since_at,
        until_at,
        message_count,
        usual_share * account_message_count as usual_message_count
    from expected
    where
        usual_share < {{ unusual_share }}
        and message_count >= {{ least_ratio }} * usual_share * account_message_count
)

select * from final
