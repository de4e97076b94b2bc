-- Every scope of the watch counts each message of a day once, where the day's records are kept.
with messages as (
    select
        message_date as mdr_date,
        count(*) as message_count
    from {{ ref('fct_messages') }}
    group by message_date
),

scopes as (
    select distinct scope from {{ ref('int_watch_hourly') }}
),

watched as (
    select
        mdr_date,
        scope,
        sum(message_count) as message_count,
        sum(stable_message_count) as stable_message_count
    from {{ ref('int_watch_hourly') }}
    group by mdr_date, scope
)

select
    messages.mdr_date,
    scopes.scope,
    messages.message_count as sent,
    watched.message_count as counted
from messages
cross join scopes
left join watched
    on messages.mdr_date = watched.mdr_date and scopes.scope = watched.scope
where
    {{ is_kept_day('messages.mdr_date') }}
    and (
        messages.message_count is distinct from watched.message_count
        or watched.stable_message_count > watched.message_count
    )
