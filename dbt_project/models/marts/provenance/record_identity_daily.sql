{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['fct_mdr'], 'days_before': 1},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select
        mdr_date,
        {{ has_sms_id('switch_id', 'sms_id') }} as has_sms_id,
        {{ has_message_id('message_id') }} as has_message_id,
        -- 64 bits: among the records of two days no two ids meet by chance
        {{ hash_of(['switch_id', 'sms_id']) }} as sms_id_hash,
        {{ hash_of(['message_id', 'segment_number']) }} as message_id_hash
    from {{ ref('fct_mdr') }}
    where {{ up_to_changed_days('mdr_date') }}
),

daily as (
    select
        mdr_date,
        count(*) as record_count,
        count(case when not has_sms_id and not has_message_id then 1 end)
            as records_without_id_count
    from mdr
    group by mdr_date
),

ids as (
    select
        mdr_date,
        'sms_id' as id_type,
        sms_id_hash as id_hash,
        count(*) as record_count
    from mdr
    where has_sms_id
    group by mdr_date, sms_id_hash
    union all
    select
        mdr_date,
        'message_id' as id_type,
        message_id_hash as id_hash,
        count(*) as record_count
    from mdr
    where has_message_id
    group by mdr_date, message_id_hash
),

-- the rows of fct_mdr are different records: an id of two of them was used again
shared as (
    select
        ids.mdr_date,
        {{ total("case when ids.id_type = 'sms_id' then ids.record_count end") }}
            as shared_sms_id_count,
        {{ total("case when ids.id_type = 'message_id' then ids.record_count end") }}
            as shared_message_id_count
    from ids
    left join ids as ids_before
        on
            ids.mdr_date = ids_before.mdr_date + 1
            and ids.id_type = ids_before.id_type
            and ids.id_hash = ids_before.id_hash
    where ids.record_count > 1 or ids_before.mdr_date is not null
    group by ids.mdr_date
),

final as (
    select
        daily.mdr_date,
        daily.record_count,
        daily.records_without_id_count,
        coalesce(shared.shared_sms_id_count, 0) as shared_sms_id_count,
        coalesce(shared.shared_message_id_count, 0) as shared_message_id_count
    from daily
    left join shared on daily.mdr_date = shared.mdr_date
    where {{ only_changed_days('daily.mdr_date') }}
)

select * from final
