-- The segments of fct_mdr and those that fct_messages counts are the same, message by message.
-- A message that began on a retired day keeps the count of segments it had. Sums of hashes are
-- compared first, message keys only where two sums differ: one pass instead of a join of all.
with segments as (
    select
        message_key,
        cast({{ hash_of(['message_key']) }} % 4294967296 as bigint) as message_hash
    from {{ ref('fct_mdr') }}
),

messages as (
    select
        message_key,
        message_date,
        segment_count,
        cast({{ hash_of(['message_key']) }} % 4294967296 as bigint) as message_hash
    from {{ ref('fct_messages') }}
),

sums as (
    select
        message_hash % 1024 as bucket,
        message_hash
    from segments
    union all
    select
        message_hash % 1024 as bucket,
        -message_hash * segment_count as message_hash
    from messages
),

differing as (
    select bucket
    from sums
    group by bucket
    having sum(message_hash) <> 0
),

landed as (
    select
        segments.message_key,
        count(*) as segment_count
    from segments
    where segments.message_hash % 1024 in (select differing.bucket from differing)
    group by segments.message_key
),

counted as (
    select messages.*
    from messages
    where messages.message_hash % 1024 in (select differing.bucket from differing)
)

select
    coalesce(landed.message_key, counted.message_key) as message_key,
    landed.segment_count as landed,
    counted.segment_count as counted
from landed
full outer join counted on landed.message_key = counted.message_key
where
    landed.segment_count is distinct from counted.segment_count
    and (counted.message_date is null or {{ is_kept_day('counted.message_date') }})
