"""Which marts there are. The warehouse itself is asked, so that no list can go stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.failures import explained
from miatel_warehouse.sql_paths import quoted

MARTS_SCHEMA = "marts"

_BY_DAY = {"fct_mdr", "fct_mdr_personal", "fct_messages", "delivery_hourly"}
"""Tables that grow with the traffic, not with the days alone: too large to be written each time."""


@dataclass(frozen=True)
class Mart:
    """A table or view of the marts schema.

    Attributes:
        name: Its name, also of everything published from it.
        day_column: Its first column of type date, by which published rows are sorted; None for
            a table without one.
    """

    name: str
    day_column: str | None

    @property
    def is_by_day(self) -> bool:
        """Whether it is published as one file a day."""
        return self.name in _BY_DAY and self.day_column is not None


def check_warehouse_is_there(warehouse: Path) -> None:
    """Say what to run where there is no such file.

    Raises:
        WarehouseError: there is none.
    """
    if not warehouse.is_file():
        raise WarehouseError(
            f"There is no file {warehouse}. Build the marts first: run the DAG miatel_transform, "
            "or `dbt build` and then `python -m miatel_warehouse publish`."
        )


def open_warehouse(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Connect to a DuckDB file, read-only and with timestamps in UTC.

    Raises:
        WarehouseError: There is no such file: build it first. Or it cannot be opened.
    """
    check_warehouse_is_there(warehouse)
    with explained(warehouse, "opened"):
        connection = duckdb.connect(str(warehouse), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    return connection


def list_marts(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> list[Mart]:
    """Every table and view of a database's marts schema, by name.

    What dbt leaves there when it is killed while it replaces a table is none of them.

    Args:
        connection: the database is attached to it.
        database: which one; None: the one in use.

    Raises:
        WarehouseError: There is none: `dbt build` has not run on this file.
    """
    catalog = "current_database()" if database is None else quoted(database)
    rows = connection.execute(
        f"""
        select
            table_name,
            arg_min(column_name, ordinal_position) filter (where data_type = 'DATE')
        from information_schema.columns
        where
            table_catalog = {catalog}
            and table_schema = '{MARTS_SCHEMA}'
            and not regexp_matches(table_name, '__dbt_(tmp|backup)$')
        group by table_name
        order by table_name
        """  # noqa: S608
    ).fetchall()
    if not rows:
        raise WarehouseError(
            "The warehouse holds no marts. Run `dbt build` on it (the DAG miatel_transform does)."
        )
    return [Mart(name, day_column) for name, day_column in rows]


def identifier(name: str) -> str:
    """A name in SQL text, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def in_days(mart: Mart, days: Sequence[date]) -> str:
    """A condition on a mart's rows: they are of these days, of which there is one at least."""
    # the range is what row groups are skipped by
    column = identifier(mart.day_column or "")
    listed = ", ".join(f"date '{day}'" for day in days)
    return f"{column} between date '{min(days)}' and date '{max(days)}' and {column} in ({listed})"


def day_hashes(mart: Mart, schema: str, condition: str = "") -> str:
    """SQL of a text for each day of a table, which changes with its rows, whatever their order.

    Args:
        mart: the table.
        schema: where it stands, in SQL text.
        condition: on its rows; begins with `where`.
    """
    return (
        f"select {identifier(mart.day_column or '')}, "  # noqa: S608
        "concat(count(*), ' ', bit_xor(hash(of_day)), ' ', sum(hash(of_day) % 4294967296)) "
        f"from {schema}.{identifier(mart.name)} as of_day {condition} group by 1"
    )
