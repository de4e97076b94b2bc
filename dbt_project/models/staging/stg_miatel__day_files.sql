{{
    config(
        materialized='table',
        post_hook="{{ record_day_fingerprints() }}",
    )
}}

with final as (
    {{ day_file_footers() }}
)

select * from final
