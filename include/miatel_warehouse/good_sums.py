"""Sums of the last build that was green to its end, put back for days that are retired untested.

dbt keeps them, day by day, in the warehouse's schema `good` (macros/good_sums.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from miatel_warehouse.failures import explained

_TABLES = """
    select present.schema_name, present.table_name, good.table_name is not null
    from duckdb_tables() as present
    left join duckdb_tables() as good
        on
            good.database_name = present.database_name
            and good.schema_name = 'good'
            and good.table_name = present.table_name
    where
        present.database_name = current_database()
        and present.schema_name in ('intermediate', 'marts')
        and present.table_name in (select distinct model_name from state.day_versions)
        and present.table_name not like 'fct_%'
        and present.table_name <> 'int_message_parts'
"""
_IS_KEPT = """
    select count(*)
    from duckdb_tables()
    where database_name = current_database() and schema_name = 'good'
"""


def put_back_good_sums(warehouse: Path, days: Sequence[date]) -> None:
    """Replace sums of days by those of the last green build, by none where it had no such day.

    A warehouse that an earlier version built has no such sums: its present ones stay.

    Args:
        warehouse: the DuckDB file.
        days: whose present sums no green build has tested. If they are not retired after all, the
            next build makes their sums anew.

    Raises:
        WarehouseError: it cannot be written, or another process has it open.
    """
    with (
        explained(warehouse, "given its last good sums"),
        duckdb.connect(str(warehouse)) as connection,
    ):
        if not connection.execute(_IS_KEPT).fetchall()[0][0]:
            return
        tables = connection.execute(_TABLES).fetchall()
        connection.begin()
        for schema, table, has_good in tables:
            connection.execute(
                f"delete from {schema}.{table} where mdr_date in (select unnest(?))",  # noqa: S608
                [list(days)],
            )
            if has_good:
                connection.execute(
                    f"insert into {schema}.{table} by name from good.{table} "
                    "where mdr_date in (select unnest(?))",
                    [list(days)],
                )
            connection.execute(
                "update state.day_versions set input_version = 'good', output_version = "
                "output_version || ' good' where model_name = ? and mdr_date in (select unnest(?))",
                [table, list(days)],
            )
        connection.commit()
        connection.execute("checkpoint")
