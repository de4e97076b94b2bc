"""Publishing: the marts as Parquet files in the lake and as one DuckDB file for BI tools.

Everything is written aside first and put in place at the end, so that a BI tool never reads a
half-built table, and never holds the warehouse in which dbt builds.
"""

from __future__ import annotations

import logging
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb

from miatel.settings import DEFAULT_FILE_MODE
from miatel.store import Store, open_store
from miatel.store.file_mode import directory_mode
from miatel.store.scratch import move_scratch, scratch_directory, sweep_scratch
from miatel_warehouse.failures import explained
from miatel_warehouse.marts import MARTS_SCHEMA, Mart, list_marts, open_warehouse
from miatel_warehouse.sql_paths import check_bi, quoted, quoted_file

log = logging.getLogger(__name__)

_FOLDER = "marts"


@dataclass(frozen=True)
class PublishedMart:
    """One published table: its name, where its Parquet file is, and its number of rows."""

    name: str
    parquet: str
    rows: int


def publish(
    warehouse: Path, lake: str, bi: Path, file_mode: int = DEFAULT_FILE_MODE
) -> list[PublishedMart]:
    """Publish every mart of the warehouse, replacing what was published before.

    Run it only after every dbt test has passed: nothing is tested here.

    Args:
        warehouse: The DuckDB file that dbt built; opened read-only.
        lake: The lake's root, a path or a URL such as s3://bucket/prefix. Files go to
            marts/<table>.parquet below it; files of marts that no longer exist are removed.
        bi: The DuckDB file to replace; it is the last to be replaced.
        file_mode: Rights of the warehouse's file and of what is published, like 0o640.

    Returns:
        What was published, by name.

    Raises:
        WarehouseError: The warehouse does not exist, has no marts or cannot be read, or the disk is
            full. Each published table is the old one or the new one; run it again.
    """
    check_bi(bi)
    store = open_store(lake, file_mode)
    for path in (warehouse, bi):
        sweep_scratch(path)
    store.sweep_below(_FOLDER)
    with ExitStack() as stack:
        connection = stack.enter_context(open_warehouse(warehouse))
        _give_rights(warehouse, file_mode)
        stack.enter_context(explained(warehouse, "published"))
        marts = list_marts(connection)
        scratches = {mart.name: _scratch(mart, store, stack) for mart in marts}
        for mart in marts:
            _write_parquet(connection, mart, scratches[mart.name])
        _make_directory(bi.parent, file_mode)
        scratch_bi = stack.enter_context(scratch_directory(bi)) / bi.name
        rows = _write_bi(scratches, scratch_bi)
        for mart in marts:
            store.replace(scratches[mart.name], _file_of(mart))
        _remove_all_but(marts, store)
        # the last of all: where it is the new one, everything is published
        move_scratch(scratch_bi, bi, file_mode)
    return [
        PublishedMart(mart.name, store.address(_file_of(mart)), rows[mart.name]) for mart in marts
    ]


def _scratch(mart: Mart, store: Store, stack: ExitStack) -> Path:
    scratch = store.scratch(_file_of(mart))
    stack.callback(store.discard, scratch)
    return scratch


def _write_parquet(connection: duckdb.DuckDBPyConnection, mart: Mart, target: Path) -> None:
    # sorted by day, so that a reader of a few days skips the rest of the file; written into the
    # file that is there, because that one is locked and its owner's alone
    order = f'order by "{mart.day_column}"' if mart.day_column else ""
    connection.execute(
        f'copy (from {MARTS_SCHEMA}."{mart.name}" {order}) '
        f"to {quoted(target)} (format parquet, compression zstd, use_tmp_file false)"
    )


def _write_bi(parquet_files: dict[str, Path], target: Path) -> dict[str, int]:
    """Fill a new DuckDB file from the Parquet files, so that both hold the same."""
    rows = {}
    with duckdb.connect(str(target)) as connection:
        for name, path in parquet_files.items():
            connection.execute(
                f'create table "{name}" as from '
                f"read_parquet({quoted_file(path)}, hive_partitioning = false)"
            )
            counted = connection.execute(f'select count(*) from "{name}"').fetchall()  # noqa: S608
            rows[name] = int(counted[0][0])
    return rows


def _give_rights(path: Path, mode: int) -> None:
    """Rights of a file that dbt made, which knows no setting of them."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        try:
            if file.exists() and stat.S_IMODE(file.stat().st_mode) != mode:
                file.chmod(mode)
        except PermissionError:
            log.warning("%s is another user's: its rights stay as they are", file)


def _make_directory(directory: Path, mode: int) -> None:
    if not directory.is_dir():
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(directory_mode(mode))


def _remove_all_but(marts: list[Mart], store: Store) -> None:
    """Remove published tables whose mart no longer exists."""
    kept = {_file_of(mart) for mart in marts}
    for path in store.find(_FOLDER):
        name = path.removeprefix(f"{_FOLDER}/")
        is_table = name.endswith(".parquet") and not name.startswith(".") and "/" not in name
        if is_table and path not in kept:
            log.info("removing %s: its mart no longer exists", path)
            store.remove(path)


def _file_of(mart: Mart) -> str:
    return f"{_FOLDER}/{mart.name}.parquet"
