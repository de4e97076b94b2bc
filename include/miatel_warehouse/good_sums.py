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
    select present.schema_name, present.table_name
    from duckdb_tables() as present
    inner join duckdb_tables() as good using (database_name, table_name)
    where
        database_name = current_database()
        and good.schema_name = 'good'
        and present.schema_name in ('intermediate', 'marts')
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
        tables = connection.execute(_TABLES).fetchall()
        connection.begin()
        for schema, table in tables:
            connection.execute(
                f"delete from {schema}.{table} where mdr_date in (select unnest(?))",  # noqa: S608
                [list(days)],
            )
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
