"""The marts that the page reads, and a DuckDB that can read nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.published import PublishedFiles

_PLACE = "country_name mccmnc network_name sender account_name"
_WITHIN = " ".join(
    f"within_{bound}s_count"
    for bound in (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600, 21600, 86400)
)
COLUMNS: dict[str, list[str]] = {
    table: names.split()
    for table, names in {
        "delivery_daily": f"mdr_date {_PLACE} currency message_count delivered_message_count"
        " failed_message_count pending_message_count mature_message_count"
        " mature_delivered_message_count segment_count delivered_segment_count cost failed_cost",
        "delivery_hourly": f"hour_at mdr_date {_PLACE} message_count delivered_message_count"
        " is_mature",
        "failure_reasons_daily": f"mdr_date code_type code meaning reason_class is_documented"
        f" {_PLACE} segment_count",
        "latency_by_sender_daily": f"mdr_date {_PLACE} receipt_count {_WITHIN}",
        "watch_list": "watch_key watch_type since_at until_at country_name mccmnc network_name"
        " sender account_name message_count baseline_value observed_value strength",
        "price_changes": "country_name mccmnc network_name account_name currency changed_on_date"
        " previous_price price change_rate",
        "dim_delivery_statuses": "delivery_code meaning",
        "unknown_codes": "code_type code first_seen_date last_seen_date segment_count",
        "completeness_daily": "mdr_date landed_seconds gap_seconds is_complete is_retired has_sums"
        " held_reason row_count pending_segment_count segment_count last_requested_at",
        "data_freshness": "first_landed_at last_landed_at last_requested_at day_count gap_count"
        " gap_seconds request_count segment_count open_receipt_count unknown_code_count"
        " maturity_seconds mature_until_at built_at",
        "extract_coverage": "interval_type start_at end_at duration_seconds",
        "late_records": "mdr_date found_at record_count most_hours suggested_lookback_hours",
        "build_warnings": "test_name row_count",
        "record_identity_daily": "mdr_date record_count records_without_id_count"
        " shared_sms_id_count shared_message_id_count",
    }.items()
}
"""The tables and columns that the page reads; the contract of the marts has more."""

LATER_COLUMNS: dict[str, dict[str, str]] = {
    "delivery_daily": {"unpriced_segment_count": "bigint"},
    "latency_by_sender_daily": {"implausible_receipt_count": "bigint"},
    "watch_list": {"usual_message_count": "bigint"},
    "extract_coverage": {"gap_reason": "varchar", "gap_failed_at": "timestamptz"},
}
"""Columns that older versions did not publish, and their types: null where they are missing. So is
`source_name`, which each table has but the dimensions."""

_SOURCE = {"source_name": "varchar"}

TABLES = frozenset(COLUMNS)


class Marts:
    """One reader's connection: in memory, held to the published files."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: PublishedFiles) -> None:
        self._connection = connection
        self._files = files
        self._defined: dict[str, str] = {}

    def need(self, table: str) -> None:
        """Let queries name a table.

        Raises:
            MissingMartError: it is not published, or lacks a column that the page reads.
        """
        if table in self._defined:
            return
        if table not in self._files.paths:
            raise MissingMartError(table, [])
        # a file that is there is taken as itself, whatever its path would mean as a pattern; and
        # folders above it that are named like a column give none
        paths = [str(path) for path in self._files.paths[table]]
        relation = self._connection.read_parquet(paths, hive_partitioning=False)
        if missing := [name for name in COLUMNS[table] if name not in relation.columns]:
            raise MissingMartError(table, missing)
        later = [
            name if name in relation.columns else f"null::{kind} as {name}"
            for name, kind in {**_SOURCE, **LATER_COLUMNS.get(table, {})}.items()
        ]
        relation.project(", ".join([*COLUMNS[table], *later])).create_view(table)
        self._defined[table] = "view"

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Run a query of our own; values of a reader's come by `remember`."""
        cursor = self._connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str) -> dict[str, Any]:
        """The only row of a query."""
        (row,) = self.rows(sql)
        return row

    def define(self, name: str, sql: str) -> None:
        """Run a `create temp …` of our own, once."""
        if name not in self._defined:
            self._connection.execute(sql)
            self._defined[name] = sql.split()[2]

    def forget(self, *names: str) -> None:
        """Drop what was defined, where it was, so that it can be defined anew."""
        for name in names:
            if kind := self._defined.pop(name, None):
                self._connection.execute(f"drop {kind} {name}")

    def remember(self, **values: object) -> None:
        """Give values to `getvariable('<name>')` in later queries: bound, never formatted in."""
        for name, value in values.items():
            self._connection.execute(f"set variable {name} = ?", [value])


@contextmanager
def open_marts(files: PublishedFiles) -> Iterator[Marts]:
    """Connect for one request.

    The connection can open the files given and no other, and nobody can change these settings.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 2")
        tables = [paths for name, paths in files.paths.items() if name in TABLES]
        allowed = [str(path) for paths in tables for path in paths]
        connection.execute("set allowed_paths = ?", [allowed])
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield Marts(connection, files)
