-- Days without a record between days with some, asked for only a week or more after their end: the
-- vendor may hold their records no longer. Not where an earlier day's records still came at about
-- the same time. Compare with another source, such as the invoice, before trusting the zero.
{{ config(severity='warn') }}

with days as (
    select
        *,
        max(case when row_count > 0 then mdr_date end) over (
            order by mdr_date
            rows between unbounded preceding and 1 preceding
        ) as day_before,
        max(case when row_count > 0 then last_requested_at end) over (
            order by mdr_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_requested_at,
        min(case when row_count > 0 then mdr_date end) over (
            order by mdr_date
            rows between 1 following and unbounded following
        ) as day_after
    from {{ ref('completeness_daily') }}
),

asked as (
    select
        mdr_date,
        min(requested_at) as requested_at
    from {{ ref('extract_coverage') }}
    where interval_type = 'landed'
    group by mdr_date
)

select
    days.mdr_date,
    asked.requested_at,
    days.day_before,
    days.day_after
from days
inner join asked on days.mdr_date = asked.mdr_date
where
    days.is_complete
    and days.row_count = 0
    and days.day_before is not null
    and days.day_after is not null
    and asked.requested_at >= {{ seconds_after(start_of_day('days.mdr_date'), 8 * 86400) }}
    and days.earlier_requested_at < {{ seconds_after('asked.requested_at', -86400) }}
