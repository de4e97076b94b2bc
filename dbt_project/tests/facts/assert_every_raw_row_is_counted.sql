-- For every day: rows in the raw file = rows of fct_mdr, none of which is a repeat
-- (fct_mdr_grain_is_unique). Each side is counted before they meet. A day whose file was replaced
-- while this run was at work is left to the next run, so footers are read once more here. A retired
-- day has no raw rows any more, a held day is as it last was.
{{ refresh_footers() }}
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
    union
    select mdr_date from {{ held_days() }}
),

mdr_daily as (
    select
        mdr_date,
        count(*) as counted_rows
    from {{ ref('fct_mdr') }}
    group by mdr_date
)

select
    coalesce(raw_daily.mdr_date, mdr_daily.mdr_date) as mdr_date,
    coalesce(raw_daily.raw_rows, 0) as raw_rows,
    coalesce(mdr_daily.counted_rows, 0) as counted_rows
from raw_daily
full outer join mdr_daily on raw_daily.mdr_date = mdr_daily.mdr_date
where
    coalesce(raw_daily.raw_rows, 0) <> coalesce(mdr_daily.counted_rows, 0)
    and coalesce(raw_daily.mdr_date, mdr_daily.mdr_date) not in (
        select left_out.mdr_date from left_out
    )
