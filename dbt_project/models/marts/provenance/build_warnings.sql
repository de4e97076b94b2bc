{{ config(materialized='view') }}

select
    test_name,
    row_count
from {{ build_warnings() }}
