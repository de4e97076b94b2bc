{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={
            'day_inputs': ['fct_messages'],
            'settings': [var('watch_grace_seconds')],
        },
        post_hook="{{ record_day_versions() }}",
    )
}}

with messages as (
    select * from {{ ref('fct_messages') }}
),

coverage as (
    select * from {{ ref('extract_coverage') }}
),

sent as (
    select
        message_date as mdr_date,
        {{ start_of_hour('first_received_at') }} as hour_at,
        first_received_at,
        mccmnc,
        account_name,
        sender,
        outcome
    from messages
    where {{ only_changed_days('message_date') }}
),

-- when the hour was asked for; of several requests the one that knows least
observed as (
    select
        hours.hour_at,
        {{ seconds_after('min(coverage.requested_at)', '-' ~ var('watch_grace_seconds')) }}
            as stable_until_at
    from (select distinct hour_at from sent) as hours
    inner join coverage
        on
            coverage.start_at < {{ seconds_after('hours.hour_at', 3600) }}
            and hours.hour_at < coverage.end_at
    group by hours.hour_at
),

cells as (
    select
        sent.mdr_date,
        sent.hour_at,
        sent.mccmnc,
        sent.account_name,
        sent.sender,
        count(*) as message_count,
        count(
            case when sent.first_received_at <= observed.stable_until_at then 1 end
        ) as stable_message_count,
        count(
            case
                when
                    sent.first_received_at <= observed.stable_until_at
                    and sent.outcome = 'delivered'
                    then 1
            end
        ) as delivered_message_count
    from sent
    left join observed on sent.hour_at = observed.hour_at
    group by sent.mdr_date, sent.hour_at, sent.mccmnc, sent.account_name, sent.sender
),

final as (
    select
        mdr_date,
        hour_at,
        case
            when grouping(sender) = 0 then 'account_sender'
            when grouping(mccmnc) = 0 and grouping(account_name) = 0 then 'account_network'
            when grouping(mccmnc) = 0 then 'network'
            when grouping(account_name) = 0 then 'account'
            else 'all'
        end as scope,
        mccmnc,
        account_name,
        sender,
        cast(sum(message_count) as bigint) as message_count,
        cast(sum(stable_message_count) as bigint) as stable_message_count,
        cast(sum(delivered_message_count) as bigint) as delivered_message_count
    from cells
    group by
        grouping sets (
            (mdr_date, hour_at),
            (mdr_date, hour_at, mccmnc),
            (mdr_date, hour_at, account_name),
            (mdr_date, hour_at, account_name, mccmnc),
            (mdr_date, hour_at, account_name, sender)
        )
)

select * from final
