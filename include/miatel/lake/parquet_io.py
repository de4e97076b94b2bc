"""Read and write raw rows of a day a bounded number at a time, however many the day holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from miatel.lake.coverage import Coverage, encode_footer
from miatel.lake.digest import seal_file, with_digests
from miatel.limits import TIME_FIELD
from miatel.memory import BUFFERS
from miatel.record_times import find_windows, seconds_of, times_of
from miatel.schema import RAW_SCHEMA
from miatel.windows import Window

ROW_GROUP_ROWS = 100_000
_COMPRESSION_LEVEL = 1  # level 3 gains nothing on this data
_REPEATED = [
    "sms_hub_switch_id", "sms_hub_mccmnc_id", "sms_hub_mccmnc_name", "src_num", "username",
    "segment_num", "segment_total", "dlr_code", "resp_code", "sms_hub_currency_name", "price",
    "remote_ip", "extracted_at", "first_seen_at", "state_seen_at", "price_seen_at",
]  # fmt: skip
"""Columns worth a dictionary: where values hardly repeat, it costs time and makes files larger."""


class RowGroupWriter:
    """Writes raw rows in the order given, as row groups of about `ROW_GROUP_ROWS` rows.

    Args:
        path: of the file to write.
        schema: of the rows; by default of message detail records.
    """

    def __init__(self, path: Path, schema: pa.Schema = RAW_SCHEMA) -> None:
        self._path = path
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=_COMPRESSION_LEVEL,
            use_dictionary=[name for name in _REPEATED if name in schema.names],
            write_statistics=_compared_columns(schema),
            write_page_checksum=True,
            memory_pool=BUFFERS,
        )
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:
        """Append rows of the schema."""
        if table.num_rows:
            self._waiting.append(table)
            self._rows += table.num_rows
        if self._rows >= ROW_GROUP_ROWS // 2:
            self._flush()

    def close(self, coverage: list[Coverage], entries: Mapping[bytes, bytes] | None = None) -> None:
        """Write what waits, then the footer with the coverage, further entries and digests."""
        self.close_with({**(entries or {}), **encode_footer(coverage)})

    def close_with(self, entries: Mapping[bytes, bytes]) -> None:
        """Write what waits, then the footer with these entries and digests."""
        self._flush()
        self._writer.add_key_value_metadata(with_digests(entries))
        self._writer.close()
        seal_file(self._path)

    def abandon(self) -> None:
        """Close without a coverage; the caller removes the file."""
        self._waiting, self._rows = [], 0
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            whole = pa.concat_tables(self._waiting)
            self._writer.write_table(whole, row_group_size=ROW_GROUP_ROWS)
        self._waiting, self._rows = [], 0


def _compared_columns(schema: pa.Schema) -> list[str]:
    """Columns whose least and greatest value a reader may want; texts cost too much to compare."""
    return [field.name for field in schema if not pa.types.is_string(field.type)]


def whole_seconds(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Rows in order of time, cut only between two seconds.

    Rows whose keys are equal share their second, so that each table can be keyed by itself.

    Args:
        tables: raw schema, in order of time.

    Yields:
        The same rows in the same order, without empty tables.
    """
    kept: list[pa.Table] = []
    for table in tables:
        if not table.num_rows:
            continue
        seconds = seconds_of(table)
        last = int(np.searchsorted(seconds, seconds[-1]))
        if last:
            yield pa.concat_tables([*kept, table.slice(0, last)])
            kept = []
        elif kept and seconds_of(kept[-1])[-1] != seconds[0]:
            yield pa.concat_tables(kept)
            kept = []
        kept.append(table.slice(last))
    if kept:
        yield pa.concat_tables(kept)


def rows_within(file: pq.ParquetFile, windows: list[Window]) -> Iterator[pa.Table]:
    """The rows of a file whose time lies in the windows, one row group at a time.

    Args:
        file: raw schema.
        windows: disjoint, in order.

    Yields:
        Tables of the raw schema without empty ones; row groups outside are not read.
    """
    if not windows:
        return
    span = Window(windows[0].start, windows[-1].end)
    column = RAW_SCHEMA.get_field_index(TIME_FIELD)
    for index in range(file.metadata.num_row_groups):
        statistics = file.metadata.row_group(index).column(column).statistics
        if statistics.max < span.start or statistics.min >= span.end:
            continue
        table = file.read_row_group(index)
        kept = table.filter(pa.array(find_windows(times_of(table), windows) >= 0))
        if kept.num_rows:
            yield kept
