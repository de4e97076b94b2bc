{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='sync_all_columns',
        meta={'day_inputs': ['stg_miatel__day_files']},
        post_hook="{{ record_day_versions() }}",
    )
}}

-- depends_on: {{ ref('stg_miatel__day_files') }}

with mdr as (
    select * from {{ ref('stg_miatel__mdr') }}
),

final as (
    select
        mdr_date,
        {{ or_none('mccmnc') }} as mccmnc,
        case when mccmnc is not null then network_name end as network_name,
        max(received_at) as last_received_at
    from mdr
    where {{ only_changed_days('mdr_date') }}
    group by mdr_date, {{ or_none('mccmnc') }}, case when mccmnc is not null then network_name end
)

select * from final
