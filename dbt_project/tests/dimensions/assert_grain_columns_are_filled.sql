-- No column by which rows are grouped or joined is null or blank: what has no value says (none).
-- Only in watch_list a null means that a finding is not narrowed to one, and the codes of a message
-- that began on a day retired before they were kept are not known. See macros/dimension_keys.sql.
with empty_values as (
    {{ empty_values_sql() }}
)

select * from empty_values
where row_count > 0
