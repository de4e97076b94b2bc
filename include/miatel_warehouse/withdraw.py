"""Records of retired days, taken out of the warehouse and of what is published, without a build.

For a retention that is due while `dbt build` is red: what is published stays that of the last good
build, without these records.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from miatel.store import Store
from miatel.store.scratch import move_scratch, scratch_directory
from miatel_warehouse.failures import explained
from miatel_warehouse.manifest import MANIFEST, MARTS, read_manifest
from miatel_warehouse.places import AccountPlaces, Places
from miatel_warehouse.publication import latest_path
from miatel_warehouse.refresh import compact

log = logging.getLogger(__name__)

_FACTS = ("fct_mdr", "fct_mdr_personal", "fct_messages")
_PARTS = "int_message_parts"


def withdraw(places: Places, due: Mapping[AccountPlaces, Sequence[date]]) -> None:
    """Take the records of days out of every table and file, down to the last old block.

    Sums stay. Of messages that went on after midnight into a day that is kept, the warehouse keeps
    the count; what is published misses them until the next green build.

    Args:
        places: where everything is.
        due: of each account the days whose raw records are gone. What is published holds no record
            of any account on any of them afterwards: they are due by their age.

    Raises:
        WarehouseError: a file cannot be read or written; run `retain` again.
        OSError: the lake's store failed.
    """
    for account, days in due.items():
        if account.warehouse.is_file():
            _withdraw_from_warehouse(account, days)
    all_days = sorted({day for days in due.values() for day in days})
    _withdraw_files(places.open_published(), all_days)
    if places.bi.is_file():
        _withdraw_from_bi(places.bi, all_days, places.file_mode)
    log.info("records of %d retired days are withdrawn from what is published", len(all_days))


def _withdraw_from_warehouse(account: AccountPlaces, days: Sequence[date]) -> None:
    with (
        explained(account.warehouse, "cleared of retired days"),
        duckdb.connect(str(account.warehouse)) as connection,
    ):
        _delete(connection, (*_FACTS, _PARTS), days, keeps_straddling=True)
    compact(account.warehouse, account.file_mode)


def _withdraw_from_bi(bi: Path, days: Sequence[date], file_mode: int) -> None:
    with explained(bi, "cleared of retired days"), scratch_directory(bi) as scratch:
        copy = scratch / bi.name
        shutil.copyfile(bi, copy)
        with duckdb.connect(str(copy)) as connection:
            _delete(connection, _FACTS, days, keeps_straddling=False)
        compact(copy, file_mode)
        move_scratch(copy, bi, file_mode)


def _delete(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    days: Sequence[date],
    *,
    keeps_straddling: bool,
) -> None:
    present = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and list_contains(?, table_name)",
        [list(tables)],
    ).fetchall()
    gone = "in (select unnest($days))"
    connection.begin()
    for schema, table in present:
        name = f"{schema}.{table}"
        if table != "fct_messages":
            where = f"mdr_date {gone}"
        elif keeps_straddling:
            where = f"last_segment_date {gone} and message_date {gone}"
            connection.execute(
                f"update {name} set recipient_hash = null, recipient_masked = null "  # noqa: S608
                f"where message_date {gone}",
                {"days": list(days)},
            )
        else:
            where = f"message_date {gone}"
        connection.execute(f"delete from {name} where {where}", {"days": list(days)})  # noqa: S608
    connection.commit()
    connection.execute("checkpoint")


def _withdraw_files(store: Store, days: Sequence[date]) -> None:
    """Publish the same build without the facts of these days; no older file of any stays."""
    manifest, version = read_manifest(store)
    if manifest is not None:
        tables = {
            name: [file for file in files if name not in _FACTS or file.day not in days]
            for name, files in manifest.tables.items()
        }
        left = replace(manifest, tables=tables, superseded=())
        scratch = store.scratch(MANIFEST)
        try:
            scratch.write_text(left.to_json())
            store.replace_if(scratch, MANIFEST, version)
        finally:
            store.discard(scratch)
        named = {f"{MARTS}/{path}" for path in left.paths()}
        for path in store.find(f"{MARTS}/_versions"):
            if path.endswith(".parquet") and path not in named:
                store.remove(path)
    present = set(store.find(MARTS))
    for path in (latest_path(table, day) for table in _FACTS for day in days):
        if path in present:
            store.remove(path)
