{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
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
        {{ exact_seconds_between('received_at', 'receipt_at') }} as latency_seconds
    from mdr
    where
        {{ only_changed_days('mdr_date') }}
        and outcome = 'delivered'
        and receipt_at is not null
),

final as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        count(*) as receipt_count,
        {{ within_counts('latency_seconds') }}
    from receipts
    group by mdr_date, mccmnc, sender, account_name
)

select * from final
