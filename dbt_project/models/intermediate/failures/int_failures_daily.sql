{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['fct_mdr', 'fct_messages']},
        post_hook="{{ record_day_versions() }}",
    )
}}

with mdr as (
    select * from {{ ref('fct_mdr') }}
),

messages as (
    select * from {{ ref('fct_messages') }}
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

failed_messages as (
    select
        message_date as mdr_date,
        mccmnc,
        sender,
        account_name,
        failure_code_type as code_type,
        case when failure_code_type = 'response' then response_code else delivery_code end as code,
        count(*) as message_count
    from messages
    where {{ only_changed_days('message_date') }} and outcome = 'failed'
    group by message_date, mccmnc, sender, account_name, code_type, code
),

-- two answers to why a segment failed: one with both counts under each; a message counts under one
reasons as (
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        'response' as code_type,
        response_code as code,
        segment_count,
        0 as message_count
    from failed
    where {{ is_response_failure('response_code') }}
    union all
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        'delivery' as code_type,
        delivery_code as code,
        segment_count,
        0 as message_count
    from failed
    where {{ is_final_delivery('delivery_code') }}
    union all
    select
        mdr_date,
        mccmnc,
        sender,
        account_name,
        code_type,
        code,
        0 as segment_count,
        message_count
    from failed_messages
),

final as (
    select
        mdr_date,
        code_type,
        code,
        mccmnc,
        sender,
        account_name,
        {{ total('segment_count') }} as segment_count,
        {{ total('message_count') }} as message_count
    from reasons
    group by mdr_date, code_type, code, mccmnc, sender, account_name
)

select * from final
