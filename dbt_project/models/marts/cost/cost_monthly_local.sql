{{ config(materialized='view') }}

-- depends_on: {{ ref('int_delivery_hourly') }}
-- depends_on: {{ ref('dim_networks') }}

{{ monthly_cost_sql(ref('int_delivery_hourly'), local_date('hour_at'), 'local_month_date') }}
