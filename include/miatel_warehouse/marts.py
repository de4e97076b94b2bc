"""Which marts there are. The warehouse itself is asked, so that no list can go stale."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.failures import explained

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


def list_marts(connection: duckdb.DuckDBPyConnection) -> list[Mart]:
    """Every table and view of the warehouse's marts schema, by name.

    What dbt leaves there when it is killed while it replaces a table is none of them.

    Raises:
        WarehouseError: There is none: `dbt build` has not run on this file.
    """
    rows = connection.execute(
        f"""
        select
            table_name,
            arg_min(column_name, ordinal_position) filter (where data_type = 'DATE')
        from information_schema.columns
        where
            table_schema = '{MARTS_SCHEMA}'
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
