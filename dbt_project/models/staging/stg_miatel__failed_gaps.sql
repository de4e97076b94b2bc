with source as (
    {%- if not execute or lake_has('failed_gap_files') %}
    select * from {{ source('miatel_raw', 'failed_gaps') }}
    {%- else %}
    -- no gap ever failed to be filled
    select
        cast(null as {{ moment_type() }}) as start_at,
        cast(null as {{ moment_type() }}) as end_at,
        cast(null as {{ text_type() }}) as reason,
        cast(null as {{ text_type() }}) as error,
        cast(null as {{ moment_type() }}) as failed_at,
        cast(null as {{ text_type() }}) as run_id
    where false
    {%- endif %}
),

final as (
    select
        start_at,
        end_at,
        reason,
        error,
        failed_at,
        run_id
    from source
)

select * from final
