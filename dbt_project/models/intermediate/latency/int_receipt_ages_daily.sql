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
        {{ latency_seconds() }} as age_seconds
    from mdr
    where
        {{ only_changed_days('mdr_date') }}
        and has_final_receipt
        and receipt_at is not null
        and not has_implausible_receipt
),

final as (
    select
        mdr_date,
        mccmnc,
        {{ receipt_age_of('age_seconds') }} as age_bound_seconds,
        count(*) as receipt_count
    from receipts
    group by mdr_date, mccmnc, age_bound_seconds
)

select * from final
