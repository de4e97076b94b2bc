-- The segments of fct_mdr and those that fct_messages counts are the same, message by message.
-- A message that began on a retired day keeps the count of segments it had.
with segments as (
    select
        message_key,
        count(*) as segment_count
    from {{ ref('fct_mdr') }}
    group by message_key
)

select
    coalesce(segments.message_key, messages.message_key) as message_key,
    segments.segment_count as landed,
    messages.segment_count as counted
from segments
full outer join {{ ref('fct_messages') }} as messages
    on segments.message_key = messages.message_key
where
    segments.segment_count is distinct from messages.segment_count
    and (messages.message_date is null or {{ is_kept_day('messages.message_date') }})
