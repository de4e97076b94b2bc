with drops as (
    select * from {{ ref('int_watch_drops') }}
),

sequences as (
    select * from {{ ref('int_watch_sequences') }}
),

destinations as (
    select * from {{ ref('int_watch_destinations') }}
),

hourly as (
    select * from {{ ref('int_watch_hourly') }}
    where scope = 'account_network'
),

networks as (
    select * from {{ ref('dim_networks') }}
),

-- findings of one hour or, for destinations, of one day: the step in which they follow each other
steps as (
    select
        watch_type,
        mccmnc,
        account_name,
        sender,
        hour_at as step_start_at,
        {{ seconds_after('hour_at', 3600) }} as step_end_at,
        hour_at as since_at,
        {{ seconds_after('hour_at', 3600) }} as until_at,
        message_count,
        usual_message_count,
        usual_rate * message_count as baseline_numerator,
        observed_rate * message_count as observed_numerator,
        message_count as denominator
    from drops
    union all
    select
        'sequential_numbers' as watch_type,
        sequences.mccmnc,
        sequences.account_name,
        null as sender,
        sequences.hour_at as step_start_at,
        {{ seconds_after('sequences.hour_at', 3600) }} as step_end_at,
        sequences.hour_at as since_at,
        {{ seconds_after('sequences.hour_at', 3600) }} as until_at,
        coalesce(hourly.message_count, sequences.recipient_count) as message_count,
        null as usual_message_count,
        0 as baseline_numerator,
        sequences.sequential_recipient_count as observed_numerator,
        sequences.recipient_count as denominator
    from sequences
    left join hourly
        on
            sequences.hour_at = hourly.hour_at
            and sequences.account_name = hourly.account_name
            and sequences.mccmnc = hourly.mccmnc
    union all
    select
        'unusual_destination' as watch_type,
        mccmnc,
        account_name,
        null as sender,
        {{ start_of_day('mdr_date') }} as step_start_at,
        {{ start_of_day('mdr_date + 1') }} as step_end_at,
        since_at,
        until_at,
        message_count,
        usual_message_count,
        usual_message_count as baseline_numerator,
        message_count as observed_numerator,
        null as denominator
    from destinations
),

joined as (
    select
        *,
        case
            when
                step_start_at = lag(step_end_at) over (
                    partition by watch_type, mccmnc, account_name, sender
                    order by step_start_at
                )
                then 0
            else 1
        end as begins
    from steps
),

numbered as (
    select
        *,
        sum(begins) over (
            partition by watch_type, mccmnc, account_name, sender
            order by step_start_at
            rows between unbounded preceding and current row
        ) as finding_number
    from joined
),

findings as (
    select
        watch_type,
        mccmnc,
        account_name,
        sender,
        min(since_at) as since_at,
        max(until_at) as until_at,
        cast(sum(message_count) as bigint) as message_count,
        sum(usual_message_count) as usual_message_count,
        sum(baseline_numerator) / coalesce(sum(denominator), 1) as baseline_value,
        sum(observed_numerator) / coalesce(sum(denominator), 1) as observed_value
    from numbered
    group by watch_type, mccmnc, account_name, sender, finding_number
),

measured as (
    select
        *,
        case
            when watch_type = 'sequential_numbers' then observed_value
            when watch_type = 'delivery_drop' then 1 - observed_value / baseline_value
            when watch_type = 'unusual_destination' then 1 - baseline_value / observed_value
            else
                1 - (observed_value / baseline_value) * (usual_message_count / message_count)
        end as strength
    from findings
),

final as (
    select
        md5(
            concat_ws(
                '|',
                measured.watch_type,
                measured.since_at,
                coalesce(measured.mccmnc, ''),
                coalesce(measured.account_name, ''),
                coalesce(measured.sender, '')
            )
        ) as watch_key,
        measured.watch_type,
        measured.since_at,
        measured.until_at,
        networks.country_code,
        networks.country_name,
        measured.mccmnc,
        networks.network_name,
        measured.sender,
        measured.account_name,
        measured.message_count,
        cast(round(measured.usual_message_count) as bigint) as usual_message_count,
        cast(measured.baseline_value as double) as baseline_value,
        cast(measured.observed_value as double) as observed_value,
        cast(measured.strength as double) as strength
    from measured
    left join networks on measured.mccmnc = networks.mccmnc
)

select * from final
