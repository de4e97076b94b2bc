with failures as (
    select * from {{ ref('int_failures_daily') }}
),

codes_daily as (
    select * from {{ ref('int_codes_daily') }}
),

days as (
    select
        mdr_date,
        sum(segment_count) as sent_count,
        sum(case when outcome = 'failed' then segment_count else 0 end) as failed_count
    from codes_daily
    group by mdr_date
),

codes as (
    select
        code_type,
        code,
        mdr_date,
        sum(segment_count) as segment_count
    from failures
    where segment_count > 0
    group by code_type, code, mdr_date
),

days_before as (
    select
        *,
        sum(sent_count) over (
            order by mdr_date
            range between interval '7' day preceding and interval '1' day preceding
        ) as previous_sent_count
    from days
),

codes_before as (
    select
        *,
        coalesce(
            sum(segment_count) over (
                partition by code_type, code
                order by mdr_date
                range between interval '7' day preceding and interval '1' day preceding
            ),
            0
        ) as previous_segment_count
    from codes
),

shares as (
    select
        codes_before.mdr_date,
        codes_before.code_type,
        codes_before.code,
        cast(codes_before.segment_count as bigint) as segment_count,
        {{ rate('codes_before.segment_count', 'days_before.failed_count') }}
            as share_of_failed_rate,
        {{ rate('codes_before.segment_count', 'days_before.sent_count') }} as share_of_sent_rate,
        {{ rate('codes_before.previous_segment_count', 'days_before.previous_sent_count') }}
            as previous_7_days_share_of_sent_rate
    from codes_before
    left join days_before on codes_before.mdr_date = days_before.mdr_date
),

final as (
    select
        *,
        share_of_sent_rate - previous_7_days_share_of_sent_rate as change
    from shares
)

select * from final
