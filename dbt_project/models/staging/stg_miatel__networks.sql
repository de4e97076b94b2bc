with source as (
    {%- if not execute or lake_has('network_files') %}
    select * from {{ source('miatel_raw', 'networks') }}
    {%- else %}
    -- no geo name was ever received
    select
        cast(null as bigint) as sms_hub_mccmnc_id,
        cast(null as {{ text_type() }}) as sms_hub_mccmnc_name,
        cast(null as {{ moment_type() }}) as first_received_at
    where false
    {%- endif %}
),

final as (
    select
        {{ six_digits('cast(sms_hub_mccmnc_id as ' ~ text_type() ~ ')') }} as mccmnc,
        nullif(trim(sms_hub_mccmnc_name), '') as network_name,
        first_received_at
    from source
)

select * from final
