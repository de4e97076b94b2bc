-- depends_on: {{ ref('int_delivery_daily') }}
-- depends_on: {{ ref('dim_networks') }}

{{ monthly_cost_sql(ref('int_delivery_daily'), 'mdr_date', 'month_date') }}
