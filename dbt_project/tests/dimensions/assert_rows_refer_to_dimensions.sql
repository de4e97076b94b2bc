-- Every network, code, sender and account of a mart is a row of its dimension, so that a join loses
-- nothing. See macros/dimension_keys.sql.
with absent as (
    {{ absent_from_dimensions_sql() }}
)

select * from absent
