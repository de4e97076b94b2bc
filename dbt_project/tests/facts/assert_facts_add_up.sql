-- For every day whose records are kept, and by currency where there is money: every aggregate that
-- is built from facts adds up to them. See macros/reconcile.sql.
with facts_daily as (
    {{ facts_daily_sql() }}
),

differences as (
    {%- for entry in aggregates_of_facts() %}
    {{ differences_sql(entry, 'facts_daily') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from differences
where difference <> '' and {{ is_kept_day('period_date') }}
