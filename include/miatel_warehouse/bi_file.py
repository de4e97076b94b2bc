"""The published DuckDB file: a copy of the one before in which only what changed is replaced.

The copy is made and filled aside, with the warehouses attached; the Parquet files are written from
it, so that both hold the same. No statement has bound values: DuckDB imports pandas for them, which
takes half a second.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from miatel_warehouse.bi_macros import COUNTED_TABLE, create_latency_percentile
from miatel_warehouse.joined_marts import JoinedMarts
from miatel_warehouse.marts import MARTS_SCHEMA, Mart, day_hashes, identifier, in_days
from miatel_warehouse.places import AccountPlaces
from miatel_warehouse.sql_paths import quoted

BUILD_KEY = "miatel.build_id"
"""In a Parquet file's footer: the build that wrote it."""

MOST_CHANGED = 0.25
"""Share of a table's days up to which days are replaced, not all of it."""

_BI = '"published copy of the marts"'


class BiFile:
    """The next published DuckDB file while it is filled.

    Args:
        connection: in memory.
        path: of the file, which is not there yet.
        joined: what it is filled with.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, joined: JoinedMarts
    ) -> None:
        self.connection = connection
        self.path = path
        self.joined = joined

    def begin_anew(self) -> None:
        """Begin with an empty file."""
        self.connection.execute(f"attach {quoted(self.path)} as {_BI}")

    def begin_with_copy(self, bi: Path, publication: str) -> bool:
        """Begin with a copy of the published file, if it can be brought up to date.

        Args:
            bi: the published file; it must have the columns of the marts.
            publication: that it must be of.

        Returns:
            Whether it could be; else nothing was begun.
        """
        if not bi.is_file():
            return False
        shutil.copyfile(bi, self.path)
        try:
            self.begin_anew()
        except duckdb.Error:  # whatever stands there, it is about to be replaced
            self.path.unlink()
            return False
        said = self.connection.execute(
            f"select distinct comment from duckdb_tables() where database_name = '{_BI[1:-1]}'"  # noqa: S608
        ).fetchall()
        if said == [(publication,)] and self._has_columns_of(self.joined.marts):
            return True
        self.connection.execute(f"detach {_BI}")
        self.path.unlink()
        return False

    def replace_table(self, mart: Mart) -> None:
        """Write a table as the warehouse has it, sorted by its day, so that readers skip most."""
        order = f'order by "{mart.day_column}"' if mart.day_column else ""
        self.connection.execute(
            f"create or replace table {_BI}.{identifier(mart.name)} as "
            f"from {MARTS_SCHEMA}.{identifier(mart.name)} {order}"
        )

    def replace_days(self, mart: Mart, days: Sequence[date]) -> None:
        """Replace the rows of some days by those that the warehouse has of them."""
        if not days:
            return
        table, listed = identifier(mart.name), in_days(mart, days)
        self.connection.execute(f"delete from {_BI}.{table} where {listed}")  # noqa: S608
        self.connection.execute(
            f"insert into {_BI}.{table} by name from {MARTS_SCHEMA}.{table} where {listed}"
        )

    def update_table(self, mart: Mart) -> None:
        """Replace the days of a table that have other rows in the warehouse, or all of it."""
        if not mart.day_column:
            return self.replace_table(mart)
        here, there = (
            dict(self.connection.execute(day_hashes(mart, schema)).fetchall())
            for schema in (_BI, MARTS_SCHEMA)
        )
        changed = {day for day in here | there if here.get(day) != there.get(day)}
        if None in changed or len(changed) > MOST_CHANGED * len(there):
            return self.replace_table(mart)
        return self.replace_days(mart, sorted(changed))

    def count(self, mart: Mart) -> int:
        """Rows of a table."""
        found = self.connection.execute(
            f"select count(*) from {_BI}.{identifier(mart.name)}"  # noqa: S608
        ).fetchall()
        return int(found[0][0])

    def write_parquet(self, mart: Mart, target: Path, build_id: str, day: date | None) -> None:
        """Write a table, or a day of it, as Parquet into a file that is there.

        It is there because it is locked and its owner's alone.
        """
        condition = f"where {in_days(mart, [day])}" if day else ""
        self.connection.execute(
            f"copy (from {_BI}.{identifier(mart.name)} {condition}) to {quoted(target)} "
            "(format parquet, compression zstd, use_tmp_file false, "
            f"kv_metadata {{{identifier(BUILD_KEY)}: {quoted(build_id)}}})"
        )

    def finish(self, publication: str) -> None:
        """Say of which publication the file is, and close it."""
        marts = self.joined.marts
        if any(mart.name == COUNTED_TABLE for mart in marts):
            create_latency_percentile(self.connection, _BI)
        for mart in marts:
            self.connection.execute(
                f"comment on table {_BI}.{identifier(mart.name)} is {quoted(publication)}"
            )
        self.connection.execute(f"detach {_BI}")

    def _has_columns_of(self, marts: Sequence[Mart]) -> bool:
        """Whether the file has these tables and no other, with the same columns."""
        here, there = (
            dict(
                self.connection.execute(
                    "select table_name, list((column_name, data_type) order by ordinal_position) "  # noqa: S608
                    "from information_schema.columns "
                    f"where table_catalog = {catalog} and table_schema = '{schema}' group by all"
                ).fetchall()
            )
            for catalog, schema in (
                (f"'{_BI[1:-1]}'", "main"),
                ("current_database()", MARTS_SCHEMA),
            )
        )
        return set(here) == {mart.name for mart in marts} and all(
            here[mart.name] == there[mart.name] for mart in marts
        )


@contextmanager
def filling_bi(accounts: Sequence[AccountPlaces], path: Path) -> Iterator[BiFile]:
    """Have the next published file filled from the warehouses, which are opened read-only.

    Args:
        accounts: dbt built each of their warehouses.
        path: of the file to make, in a scratch directory.

    Raises:
        WarehouseError: a warehouse has no marts.
    """
    with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        connection.execute(f"set temp_directory = {quoted(path.with_name('spilled'))}")
        yield BiFile(connection, path, JoinedMarts(connection, accounts))
