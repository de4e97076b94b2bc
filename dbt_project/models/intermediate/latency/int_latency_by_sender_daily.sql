{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['fct_mdr']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

receipts as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        has_implausible_receipt,
        {{ latency_seconds() }} as latency_seconds
    from mdr
    where
        {{ only_changed_days('mdr_date') }}
        and outcome = 'delivered'
        and (receipt_at is not null or has_implausible_receipt)
),

final as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        count(latency_seconds) as receipt_count,
        count(case when has_implausible_receipt then 1 end) as implausible_receipt_count,
        {{ within_counts('latency_seconds') }}
    from receipts
    group by mdr_date, mccmnc, sender, account_name
)

select * from final
