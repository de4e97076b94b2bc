-- What the macros say of codes agrees with the vendor's tables: each name of a delivery status is
-- read as its code, each response code but 0 is a failure, and each SMPP name stands for a code.
with known as (
    {{ known_codes_sql() }}
),

documented as (
    select
        'delivery' as what,
        name,
        dlr_code as code
    from {{ ref('delivery_statuses') }}
    union all
    select
        'failure' as what,
        null as name,
        code
    from {{ ref('response_codes') }}
    where code <> '0'
),

unread as (
    select documented.*
    from documented
    left join known
        on
            documented.what = known.what
            and documented.code = known.code
            and documented.name is not distinct from known.name
    where known.code is null
),

unfounded as (
    select known.*
    from known
    left join documented on known.what = documented.what and known.code = documented.code
    where documented.code is null and known.code <> '0'
)

select
    what,
    name,
    code
from unread
union all
select
    what,
    name,
    code
from unfounded
