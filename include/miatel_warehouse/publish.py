"""Publishing: the marts as Parquet files in the lake and as one DuckDB file for BI tools.

Everything is written aside first and put in place at the end, so that a BI tool never reads a
half-built table, and never holds the warehouse in which dbt builds.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import fsspec

from miatel_warehouse.marts import MARTS_SCHEMA, Mart, list_marts, open_warehouse
from miatel_warehouse.replace import move_into_place, scratch_beside

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedMart:
    """One published table: its name, where its Parquet file is, and its number of rows."""

    name: str
    parquet: str
    rows: int


def publish(warehouse: Path, lake: str, bi: Path) -> list[PublishedMart]:
    """Publish every mart of the warehouse, replacing what was published before.

    Run it only after every dbt test has passed: nothing is tested here.

    Args:
        warehouse: The DuckDB file that dbt built; opened read-only.
        lake: The lake's root, a path or a URL such as s3://bucket/prefix. Files go to
            marts/<table>.parquet below it; files of marts that no longer exist are removed.
        bi: The DuckDB file to replace.

    Returns:
        What was published, by name.

    Raises:
        WarehouseError: The warehouse does not exist or has no marts; nothing was changed.
    """
    with ExitStack() as stack:
        connection = stack.enter_context(open_warehouse(warehouse))
        marts = list_marts(connection)
        folder = _Folder.of(lake, stack)
        scratches = {mart.name: folder.scratch(mart) for mart in marts}
        for mart in marts:
            _write_parquet(connection, mart, scratches[mart.name])
        scratch_bi = stack.enter_context(scratch_beside(bi))
        rows = _write_bi(scratches, scratch_bi)
        for mart in marts:
            folder.replace(mart)
        move_into_place(scratch_bi, bi)
        folder.remove_all_but(marts)
    return [PublishedMart(mart.name, folder.place(mart), rows[mart.name]) for mart in marts]


def _write_parquet(connection: duckdb.DuckDBPyConnection, mart: Mart, target: Path) -> None:
    # sorted by day, so that a reader of a few days skips the rest of the file
    order = f'order by "{mart.day_column}"' if mart.day_column else ""
    connection.execute(
        f'copy (from {MARTS_SCHEMA}."{mart.name}" {order}) '
        f"to {_quoted(target)} (format parquet, compression zstd)"
    )


def _write_bi(parquet_files: dict[str, Path], target: Path) -> dict[str, int]:
    """Fill a new DuckDB file from the Parquet files, so that both hold the same."""
    rows = {}
    with duckdb.connect(str(target)) as connection:
        for name, path in parquet_files.items():
            connection.execute(f'create table "{name}" as from read_parquet({_quoted(path)})')
            counted = connection.execute(f'select count(*) from "{name}"').fetchall()  # noqa: S608
            rows[name] = int(counted[0][0])
    return rows


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class _Folder:
    """The published folder of a local lake: renames within one directory."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._root = root
        self._stack = stack
        self._scratch: dict[str, Path] = {}

    @staticmethod
    def of(lake: str, stack: ExitStack) -> _Folder:
        """The folder marts/ of a lake by path or URL."""
        if "://" in lake:
            return _ObjectFolder(f"{lake.rstrip('/')}/marts", stack)
        return _Folder(Path(lake) / "marts", stack)

    def place(self, mart: Mart) -> str:
        return str(self._root / f"{mart.name}.parquet")

    def scratch(self, mart: Mart) -> Path:
        target = Path(self.place(mart))
        self._scratch[mart.name] = self._stack.enter_context(scratch_beside(target))
        return self._scratch[mart.name]

    def replace(self, mart: Mart) -> None:
        move_into_place(self._scratch[mart.name], Path(self.place(mart)))

    def remove_all_but(self, marts: list[Mart]) -> None:
        kept = {self.place(mart) for mart in marts}
        for path in self._root.glob("[!.]*.parquet"):
            if str(path) not in kept:
                log.info("removing %s: its mart no longer exists", path)
                path.unlink()


class _ObjectFolder(_Folder):
    """The published folder of an object store: one upload makes an object visible whole."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        super().__init__(Path(stack.enter_context(TemporaryDirectory())), stack)
        self._files, self._prefix = fsspec.core.url_to_fs(url)
        self._scheme = url.partition("://")[0]

    def place(self, mart: Mart) -> str:
        return f"{self._scheme}://{self._prefix}/{mart.name}.parquet"

    def scratch(self, mart: Mart) -> Path:
        return self._root / f"{mart.name}.parquet"

    def replace(self, mart: Mart) -> None:
        self._files.put_file(str(self.scratch(mart)), self.place(mart))

    def remove_all_but(self, marts: list[Mart]) -> None:
        self._files.invalidate_cache()
        kept = {f"{self._prefix}/{mart.name}.parquet" for mart in marts}
        for path in self._files.glob(f"{self._prefix}/*.parquet"):
            if path not in kept:
                log.info("removing %s: its mart no longer exists", path)
                self._files.rm_file(path)
