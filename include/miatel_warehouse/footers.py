"""The table of footers: what every day file says of itself, in one small Parquet file for dbt.

An engine that cannot read footers by SQL reads this table instead. It is derived: each run of dbt
has it written anew, and nothing is lost with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.errors import LakeError
from miatel.lake.coverage import COVERAGE_KEY, FORMAT_KEY, LATE_KEY, decode_retired_at
from miatel.lake.lake import Lake, day_file
from miatel.lake.lake_file import lake_errors
from miatel.store.scratch import move_scratch, scratch_directory, sweep_scratch

FOOTERS_SCHEMA = pa.schema(
    {
        "path": pa.string(),
        "mdr_date": pa.date32(),
        "row_count": pa.int64(),
        "format_version": pa.string(),
        "coverage_json": pa.string(),
        "retired_at": pa.timestamp("us", tz="UTC"),
        "late_records_json": pa.string(),
        "fingerprint": pa.string(),
    }
)
"""One row per day file; `path` is relative to the lake's root."""
_READERS = 8


def footers_table(warehouse: Path) -> Path:
    """Where the table of footers stands: beside the warehouse that is built from it."""
    return warehouse.with_name(f"{warehouse.name}.footers.parquet")


def read_footers(lake: Lake) -> dict[date, dict[str, Any] | None]:
    """Read the footer of each day file; no row of it is read.

    Returns:
        For each day its row of the table, None where the footer cannot be read.

    Raises:
        LakeError: the lake cannot be listed.
    """
    days = lake.days()
    with ThreadPoolExecutor(_READERS, thread_name_prefix="miatel-footers") as pool:
        footers = list(pool.map(lambda day: _read_footer(lake, day), days))
    return dict(zip(days, footers, strict=True))


def write_footers(lake: Lake, table: Path, file_mode: int) -> list[date]:
    """Replace the table of footers by one of the lake as it is now.

    Args:
        lake: local or on an object store.
        table: see `footers_table`; its directory stands.
        file_mode: rights of the file, like 0o640.

    Returns:
        The days whose footers cannot be read. With any of them the table stays as it was.

    Raises:
        LakeError: the lake cannot be listed.
        OSError: the table cannot be written.
    """
    footers = read_footers(lake)
    unreadable = [day for day, row in footers.items() if row is None]
    if not unreadable:
        sweep_scratch(table)
        with scratch_directory(table) as scratch:
            rows = pa.Table.from_pylist([row for row in footers.values() if row], FOOTERS_SCHEMA)
            pq.write_table(rows, scratch / table.name)
            move_scratch(scratch / table.name, table, file_mode)
    return unreadable


def _read_footer(lake: Lake, day: date) -> dict[str, Any] | None:
    try:
        with lake_errors(lake.root, f"read at {day_file(day)}"):
            found = lake.store.open(day_file(day))
            if found is None:
                return None
            source = found.source
            with source.open("rb") if isinstance(source, Path) else source as file:
                return _row(file, day)
    except (LakeError, ValueError):
        return None


def _row(file: BinaryIO, day: date) -> dict[str, Any]:
    size = file.seek(0, 2)
    footer = pq.read_metadata(file)
    entries: Mapping[bytes, bytes] = footer.metadata or {}

    def text(key: bytes) -> str | None:
        return entries[key].decode() if key in entries else None

    return {
        "path": day_file(day),
        "mdr_date": day,
        "row_count": footer.num_rows,
        "format_version": text(FORMAT_KEY),
        "coverage_json": text(COVERAGE_KEY),
        "retired_at": decode_retired_at(entries),
        "late_records_json": text(LATE_KEY),
        "fingerprint": _fingerprint(footer.num_rows, size, entries),
    }


def _fingerprint(rows: int, size: int, entries: Mapping[bytes, bytes]) -> str:
    """A hash of everything that the writer put into the footer, and of the file's size.

    Any rewrite with other contents changes it, so dbt builds the days whose fingerprint it does not
    know. Another formula would make every warehouse build every day again.
    """
    listed = ",".join(f"{key.hex().upper()}={_md5(entries[key])}" for key in sorted(entries))
    return _md5("|".join([str(rows), str(size), *([listed] if listed else [])]).encode())


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
