-- No composite message spans more than a day, so its key depends on its day and the day before.
-- What began on a retired day stays as it was built then.
select *
from {{ ref('fct_messages') }}
where
    is_composite
    and last_received_at > {{ seconds_after('first_received_at', 86400) }}
    and {{ is_kept_day('message_date') }}
