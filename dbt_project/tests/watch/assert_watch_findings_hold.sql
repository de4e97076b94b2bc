-- A finding lasts at least an hour, begins no earlier than landed history, is as strong as its kind
-- demands, and no two of one kind and place overlap or follow each other.
with findings as (
    select
        *,
        lag(until_at) over (
            partition by watch_type, mccmnc, account_name, sender
            order by since_at
        ) as last_until_at
    from {{ ref('watch_list') }}
),

landed as (
    select min(hour_at) as first_hour_at
    from {{ ref('int_watch_hourly') }}
)

select findings.*
from findings
cross join landed
where
    {{ seconds_after('findings.since_at', 3600) }} > findings.until_at
    or findings.since_at < landed.first_hour_at
    or findings.last_until_at >= findings.since_at
    or not findings.strength between 0 and 1
    or (
        findings.watch_type = 'delivery_drop'
        and (
            findings.strength <= {{ var('watch_drop_rate') }}
            or findings.message_count < {{ var('watch_min_messages') }}
        )
    )
    or (
        findings.watch_type in ('sequential_numbers', 'unusual_destination')
        and (findings.mccmnc is null or findings.account_name is null)
    )
