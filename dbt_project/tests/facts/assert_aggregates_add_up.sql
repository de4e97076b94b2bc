-- For every day, month or in total, and by currency where there is money: every aggregate that is
-- built from another one adds up to it. See macros/reconcile.sql.
with differences as (
    {%- for entry in aggregates_of_aggregates() %}
    {{ differences_sql(entry, ref(entry.of | default('int_delivery_daily'))) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from differences
where difference <> ''
