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
from tempfile import gettempdir

import duckdb
import fsspec

from miatel.lake.file_mode import DEFAULT_MODE, directory_mode
from miatel.lake.scratch import (
    discard_scratch,
    make_scratch,
    move_scratch,
    scratch_directory,
    sweep_directory,
    sweep_scratch,
)
from miatel_warehouse.failures import explained
from miatel_warehouse.marts import MARTS_SCHEMA, Mart, list_marts, open_warehouse
from miatel_warehouse.sql_paths import check_bi, quoted, quoted_file

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedMart:
    """One published table: its name, where its Parquet file is, and its number of rows."""

    name: str
    parquet: str
    rows: int


def publish(
    warehouse: Path, lake: str, bi: Path, file_mode: int = DEFAULT_MODE
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
    _sweep(warehouse, bi)
    with ExitStack() as stack:
        connection = stack.enter_context(open_warehouse(warehouse))
        _give_rights(warehouse, file_mode)
        stack.enter_context(explained(warehouse, "published"))
        marts = list_marts(connection)
        folder = _Folder.of(lake, stack, file_mode)
        scratches = {mart.name: folder.scratch(mart) for mart in marts}
        for mart in marts:
            _write_parquet(connection, mart, scratches[mart.name])
        _make_directory(bi.parent, file_mode)
        scratch_bi = stack.enter_context(scratch_directory(bi)) / bi.name
        rows = _write_bi(scratches, scratch_bi)
        for mart in marts:
            folder.replace(mart)
        folder.remove_all_but(marts)
        # the last of all: where it is the new one, everything is published
        move_scratch(scratch_bi, bi, file_mode)
    return [PublishedMart(mart.name, folder.place(mart), rows[mart.name]) for mart in marts]


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


def _sweep(warehouse: Path, bi: Path) -> None:
    """Remove what killed runs left; the folder of the lake sweeps its own."""
    for path in (warehouse, bi):
        sweep_scratch(path)


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


class _Folder:
    """The published folder of a local lake: renames within one directory."""

    def __init__(self, root: Path, stack: ExitStack, file_mode: int, prefix: str = "") -> None:
        _make_directory(root, file_mode)
        sweep_directory(root, prefix)
        self._root = root
        self._prefix = prefix
        self._stack = stack
        self._file_mode = file_mode
        self._scratch: dict[str, Path] = {}

    @staticmethod
    def of(lake: str, stack: ExitStack, file_mode: int) -> _Folder:
        """The folder marts/ of a lake by path or URL."""
        if "://" in lake:
            return _ObjectFolder(f"{lake.rstrip('/')}/marts", stack, file_mode)
        return _Folder(Path(lake) / "marts", stack, file_mode)

    def place(self, mart: Mart) -> str:
        return str(self._root / f"{mart.name}.parquet")

    def scratch(self, mart: Mart) -> Path:
        scratch = make_scratch(self._root / f"{self._prefix}{mart.name}.parquet")
        self._stack.callback(discard_scratch, scratch)
        self._scratch[mart.name] = scratch
        return scratch

    def replace(self, mart: Mart) -> None:
        move_scratch(self._scratch[mart.name], Path(self.place(mart)), self._file_mode)

    def remove_all_but(self, marts: list[Mart]) -> None:
        kept = {self.place(mart) for mart in marts}
        for path in self._root.glob("[!.]*.parquet"):
            if str(path) not in kept:
                log.info("removing %s: its mart no longer exists", path)
                path.unlink()


class _ObjectFolder(_Folder):
    """The published folder of an object store: one upload makes an object visible whole."""

    def __init__(self, url: str, stack: ExitStack, file_mode: int) -> None:
        super().__init__(Path(gettempdir()), stack, file_mode, "miatel-marts_")
        self._files, self._folder = fsspec.core.url_to_fs(url)
        self._scheme = url.partition("://")[0]

    def place(self, mart: Mart) -> str:
        return f"{self._scheme}://{self._folder}/{mart.name}.parquet"

    def replace(self, mart: Mart) -> None:
        self._files.put_file(str(self._scratch[mart.name]), self.place(mart))

    def remove_all_but(self, marts: list[Mart]) -> None:
        self._files.invalidate_cache()
        kept = {f"{self._folder}/{mart.name}.parquet" for mart in marts}
        for path in self._files.ls(self._folder, detail=False):
            if path.endswith(".parquet") and path not in kept:
                log.info("removing %s: its mart no longer exists", path)
                self._files.rm_file(path)
