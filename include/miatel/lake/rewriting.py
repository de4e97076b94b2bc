"""A raw file rewritten through a function of tables, such as one that clears erased numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.lake.parquet_io import RowGroupWriter, whole_seconds
from miatel.sources import Source

Change = Callable[[pa.Table], pa.Table]
"""Rows of a source to the rows to keep, as many; of keyed ones all of each second, sorted."""


def rewrite_rows(
    source: Source,
    file: pq.ParquetFile,
    change: Change,
    target: Path,
    entries: Mapping[bytes, bytes],
) -> None:
    """Write a file's rows as a function returns them.

    Args:
        source: of which the file is one.
        file: its rows.
        change: from rows to the rows to keep.
        target: file to write.
        entries: of the new footer, without digests.
    """
    writer = RowGroupWriter(target, source.schema)
    try:
        for table in _parts(source, file):
            writer.write(change(table))
    except BaseException:
        writer.abandon()
        raise
    writer.close_with(entries)


def _parts(source: Source, file: pq.ParquetFile) -> Iterator[pa.Table]:
    groups = map(file.read_row_group, range(file.metadata.num_row_groups))
    # Rows that may have equal keys are numbered together: they share their second.
    return whole_seconds(groups) if source.is_keyed else groups
