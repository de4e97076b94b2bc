"""A day file rewritten through a function of tables, such as one that clears erased numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.lake.coverage import Coverage, kept_entries
from miatel.lake.parquet_io import RowGroupWriter, whole_seconds

Change = Callable[[pa.Table], pa.Table]
"""Rows of whole seconds, in the raw schema, to the rows to keep, as many of them and sorted."""


def rewrite_rows(
    source: pq.ParquetFile,
    change: Change,
    target: Path,
    coverage: list[Coverage],
    entries: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write a day file's rows as a function gives them back.

    Args:
        source: raw schema.
        change: is given all rows of each of its seconds.
        target: file to write.
        coverage: for the footer.
        entries: further footer entries; what else the source's footer says stays.
    """
    writer = RowGroupWriter(target)
    try:
        groups = map(source.read_row_group, range(source.metadata.num_row_groups))
        for table in whole_seconds(groups):
            writer.write(change(table))
    except BaseException:
        writer.abandon()
        raise
    writer.close(coverage, kept_entries(source.metadata.metadata) | dict(entries or {}))
