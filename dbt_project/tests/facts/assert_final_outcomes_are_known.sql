-- What became of a segment is pending exactly as long as it can change.
select
    mdr_key,
    outcome
from {{ ref('fct_mdr') }}
where has_final_outcome <> (outcome <> 'pending')
