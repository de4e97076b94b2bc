-- The day of an MDR is the GMT day on which the platform received it.
select *
from {{ ref('fct_mdr') }}
where mdr_date <> cast(received_at at time zone 'UTC' as date)
