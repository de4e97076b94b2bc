-- For every day: rows in the raw file = raw rows that fct_mdr stands for, MDRs = segments of the
-- daily mart, messages = messages of the daily mart. Each side is counted before they meet.
-- A day whose file was replaced while this run was at work is left to the next run; a retired day
-- has its sums only.
with footers_now as (
    {{ day_file_footers() }}
),

raw_daily as (
    select
        day_files.mdr_date,
        day_files.row_count as raw_rows
    from {{ ref('stg_miatel__day_files') }} as day_files
    inner join footers_now
        on
            day_files.mdr_date = footers_now.mdr_date
            and day_files.fingerprint = footers_now.fingerprint
),

left_out as (
    (
        select mdr_date from {{ ref('stg_miatel__day_files') }}
        except
        select mdr_date from raw_daily
    )
    union
    select mdr_date from {{ ref('stg_miatel__day_files') }}
    where retired_at is not null
),

mdr_daily as (
    select
        mdr_date,
        sum(raw_row_count) as counted_rows,
        count(*) as mdrs
    from {{ ref('fct_mdr') }}
    group by mdr_date
),

messages_daily as (
    select
        message_date as mdr_date,
        count(*) as messages
    from {{ ref('fct_messages') }}
    group by message_date
),

delivery_daily as (
    select
        mdr_date,
        sum(segment_count) as segments_in_mart,
        sum(message_count) as messages_in_mart
    from {{ ref('delivery_daily') }}
    group by mdr_date
),

unioned as (
    select * from raw_daily
    union all by name
    select * from mdr_daily
    union all by name
    select * from messages_daily
    union all by name
    select * from delivery_daily
)

select
    mdr_date,
    coalesce(sum(raw_rows), 0) as raw_rows,
    coalesce(sum(counted_rows), 0) as counted_rows,
    coalesce(sum(mdrs), 0) as mdrs,
    coalesce(sum(segments_in_mart), 0) as segments_in_mart,
    coalesce(sum(messages), 0) as messages,
    coalesce(sum(messages_in_mart), 0) as messages_in_mart
from unioned
where mdr_date not in (select left_out.mdr_date from left_out)
group by mdr_date
having
    coalesce(sum(raw_rows), 0) <> coalesce(sum(counted_rows), 0)
    or coalesce(sum(mdrs), 0) <> coalesce(sum(segments_in_mart), 0)
    or coalesce(sum(messages), 0) <> coalesce(sum(messages_in_mart), 0)
