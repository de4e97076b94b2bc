-- Seconds between the first and the last landed one that no answer covers. The daily runs fill gaps
-- by themselves; one with a gap_reason could not be filled: mend the reason, then fill it with
-- miatel_history (a single second at the cap: with `reload`).
{{ config(severity='warn') }}

select
    start_at,
    end_at,
    duration_seconds as gap_seconds,
    gap_reason,
    gap_failed_at
from {{ ref('extract_coverage') }}
where interval_type = 'gap'
