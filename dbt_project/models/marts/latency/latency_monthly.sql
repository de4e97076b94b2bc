{{ config(materialized='view') }}

-- depends_on: {{ ref('latency_by_sender_daily') }}

{{ latency_monthly_sql([]) }}
