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

final as (
    select
        mdr_date,
        outcome,
        response_code,
        delivery_code,
        count(*) as segment_count
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by mdr_date, outcome, response_code, delivery_code
)

select * from final
