-- Node and sms id of records that are days apart, over all days whose records are kept: the vendor
-- calls the pair the key of a message. Both records are kept; join no other data by it.
{{ config(severity='warn') }}

with repeated as (
    select {{ hash_of(['switch_id', 'sms_id']) }} as id_hash
    from {{ ref('fct_mdr') }}
    where switch_id <> 0 and sms_id <> 0
    group by id_hash
    having count(*) > 1
)

select
    switch_id,
    sms_id,
    count(*) as record_count,
    min(mdr_date) as first_seen_date,
    max(mdr_date) as last_seen_date
from {{ ref('fct_mdr') }}
where
    {{ hash_of(['switch_id', 'sms_id']) }} in (select repeated.id_hash from repeated)
    and switch_id <> 0
    and sms_id <> 0
group by switch_id, sms_id
having min(mdr_date) < max(mdr_date)
