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
        count(latency_seconds) as receipt_count,
        count(case when has_implausible_receipt then 1 end) as implausible_receipt_count,
        {{ percentile('latency_seconds', 0.5) }} as p50_seconds,
        {{ percentile('latency_seconds', 0.9) }} as p90_seconds,
        {{ percentile('latency_seconds', 0.95) }} as p95_seconds,
        {{ percentile('latency_seconds', 0.99) }} as p99_seconds,
        count(case when latency_seconds <= 5 then 1 end) as within_5s_count,
        count(case when latency_seconds <= 10 then 1 end) as within_10s_count,
        count(case when latency_seconds <= 30 then 1 end) as within_30s_count,
        count(case when latency_seconds <= 60 then 1 end) as within_60s_count
    from receipts
    group by mdr_date, mccmnc
)

select * from final
