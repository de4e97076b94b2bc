{{
    config(
        enabled=wants_personal_data(),
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='append_new_columns',
        meta={'day_inputs': ['stg_miatel__day_files'], 'drops_retired_days': true},
        post_hook="{{ record_day_versions() }}",
    )
}}

-- depends_on: {{ ref('stg_miatel__day_files') }}

with mdr as (
    select * from {{ ref('int_mdr') }}
),

final as (
    select
        mdr_key,
        mdr_date,
        recipient,
        message_text
    from mdr
    where {{ only_changed_days('mdr_date') }}
)

select * from final
