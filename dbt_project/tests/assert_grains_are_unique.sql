-- The daily marts have no two rows of the same grain; nulls count as values.
select
    'delivery_daily' as model_name,
    mdr_date,
    count(*) as copies
from {{ ref('delivery_daily') }}
group by mdr_date, mccmnc, sender, account_name, currency
having count(*) > 1
union all by name
select
    'failure_reasons_daily' as model_name,
    mdr_date,
    count(*) as copies
from {{ ref('failure_reasons_daily') }}
group by mdr_date, code_type, code
having count(*) > 1
