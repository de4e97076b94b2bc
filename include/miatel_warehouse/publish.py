"""Publishing: the marts as Parquet files in the lake and as one DuckDB file for BI tools.

Everything is written aside first and put in place at the end; the manifest is the last. So a BI
tool never reads a half-built table, never holds the warehouse in which dbt builds, and by the
manifest sees one build.
"""

from __future__ import annotations

import logging
import stat
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from miatel.store.file_mode import directory_mode
from miatel.store.scratch import move_scratch, scratch_directory, sweep_scratch
from miatel_warehouse.bi_file import filling_bi
from miatel_warehouse.failures import explained
from miatel_warehouse.manifest import MARTS
from miatel_warehouse.marts import Mart, check_warehouse_is_there
from miatel_warehouse.places import Places
from miatel_warehouse.publication import Publication, check_no_account_is_missing, latest_path
from miatel_warehouse.sql_paths import check_bi

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedMart:
    """One published table: its name, where its Parquet file is, and its number of rows.

    Where it is one file a day, `parquet` is the pattern of them.
    """

    name: str
    parquet: str
    rows: int


def publish(places: Places, *, keep_previous: bool = True) -> list[PublishedMart]:
    """Publish every mart of the warehouses, of all accounts together; only what changed is written.

    Run it only after every dbt test has passed: nothing is tested here.

    Args:
        places: the warehouses that dbt built, opened read-only, and the DuckDB file to replace.
            Parquet files go to marts/<table>.parquet below the root of the first account's lake,
            those of facts and hours to marts/<table>/<day>.parquet; files of marts that no longer
            exist are removed.
        keep_previous: whether the build before stays readable until the next one is published. Else
            nothing of any older build is left, in no file's unused blocks either.

    Returns:
        What was published, by name.

    Raises:
        WarehouseError: A warehouse does not exist, has no marts or cannot be read, an account whose
            tables are published was left out, or the disk is full. The manifest names the old build
            or the new one; run it again.
        ConflictError: Another process published meanwhile. Run it again.
    """
    bi, mode = places.bi, places.file_mode
    check_bi(bi)
    check_no_account_is_missing(places)
    accounts = places.landed
    for account in accounts:
        check_warehouse_is_there(account.warehouse)
        sweep_scratch(account.warehouse)
    store = places.open_published()
    sweep_scratch(bi)
    store.sweep_below(MARTS)
    with ExitStack() as stack:
        files = " or ".join(str(account.warehouse) for account in accounts)
        stack.enter_context(explained(files, "published"))
        for account in accounts:
            _give_rights(account.warehouse, mode)
        _make_directory(bi.parent, mode)
        scratch = stack.enter_context(scratch_directory(bi)) / bi.name
        filling = stack.enter_context(filling_bi(accounts, scratch))
        publication = Publication(store, filling, keep_previous=keep_previous)
        stack.push(lambda kind, *_: _discard(publication) if kind else None)
        publication.fill(bi)
        publication.write_files()
        publication.copy_to_latest_paths()
        move_scratch(scratch, bi, mode)
        # the last of all: where it is the new one, everything is published
        publication.write_manifest()
    return [
        PublishedMart(mart.name, store.address(_pattern(mart)), publication.rows[mart.name])
        for mart in filling.joined.marts
    ]


def _discard(publication: Publication) -> None:
    """After a failure, whose reason matters more than one of cleaning up: that is done later."""
    with suppress(OSError, duckdb.Error):
        publication.discard()


def _pattern(mart: Mart) -> str:
    return f"{MARTS}/{mart.name}/*.parquet" if mart.is_by_day else latest_path(mart.name)


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
