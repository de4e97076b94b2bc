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

failed as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        response_code,
        delivery_code,
        count(*) as segment_count
    from mdr
    where {{ only_changed_days('mdr_date') }} and outcome = 'failed'
    group by mdr_date, mccmnc, sender, account_name, response_code, delivery_code
),

-- two answers to why a segment failed: one with both counts under each of them
reasons as (
    select
        *,
        'response' as code_type,
        response_code as code
    from failed
    where response_code <> '0'
    union all
    select
        *,
        'delivery' as code_type,
        delivery_code as code
    from failed
    where {{ is_final_delivery('delivery_code') }}
),

final as (
    select
        mdr_date,
        code_type,
        code,
        mccmnc,
        sender,
        account_name,
        {{ total('segment_count') }} as segment_count
    from reasons
    group by mdr_date, code_type, code, mccmnc, sender, account_name
)

select * from final
