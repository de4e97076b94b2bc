"""Check of a lake: that each day file is as it was written, and says nothing that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miatel.errors import LakeError
from miatel.identity.record_key import plain_keys
from miatel.lake.coverage import Coverage, decode_footer, decode_format, decode_retired_at
from miatel.lake.lake import NETWORKS_FILE, Lake, day_file
from miatel.lake.lake_file import lake_errors
from miatel.record_times import count_in_windows, times_of
from miatel.schema import RAW_SCHEMA


@dataclass
class VerifyReport:
    """What checking found.

    Attributes:
        days: how many day files were checked.
        rows: rows in them.
        unverifiable: days of format 1, which carry nothing to check by.
        damaged: path of a file that is not right → what is wrong with it.
    """

    days: int = 0
    rows: int = 0
    unverifiable: list[date] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)


def verify_lake(
    lake: Lake,
    *,
    origins: frozenset[str] | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> VerifyReport:
    """Check every byte, row count, key and coverage of a lake; nothing is changed.

    Args:
        lake: local or on an object store.
        origins: names that the footers may give as their origin; None to leave that out.
        on_progress: takes a line now and then.

    Raises:
        LakeError: the lake cannot be listed.
    """
    report = VerifyReport()
    days = lake.days()
    for number, day in enumerate(days, 1):
        path = day_file(day)
        try:
            wrong = _check_day(lake, day, origins, report)
        except LakeError as error:
            wrong = str(error)
        if wrong:
            report.damaged[path] = wrong
        report.days += 1
        if number % 50 == 0:
            on_progress(f"{number:,} of {len(days):,} days are checked")
    try:
        _check_networks(lake)
    except LakeError as error:
        report.damaged[NETWORKS_FILE] = str(error)
    return report


def _check_day(
    lake: Lake, day: date, origins: frozenset[str] | None, report: VerifyReport
) -> str | None:
    """What is wrong with a day; None where nothing is."""
    path = day_file(day)
    file = lake.open_checked(path)
    if file is None:
        return None
    with closing(file):
        metadata = file.metadata.metadata
        coverage = decode_footer(metadata, path)
        report.rows += file.metadata.num_rows
        if decode_format(metadata, path) == 1:
            report.unverifiable.append(day)
            return None
        if not file.schema_arrow.equals(RAW_SCHEMA):
            return "its columns are not those of format 2"
        unknown = {entry.origin for entry in coverage if entry.origin} - (origins or set())
        if origins is not None and unknown:
            return f"its origin {', '.join(sorted(unknown))} is not in the lake's list of origins"
        return _check_rows(file, coverage, is_retired=bool(decode_retired_at(metadata)))


def _check_rows(file: pq.ParquetFile, coverage: list[Coverage], *, is_retired: bool) -> str | None:
    windows = [entry.window for entry in coverage]
    counts = np.zeros(len(windows), dtype=np.int64)
    keys: list[pa.Array] = []
    for table in _tables(file):
        counts += count_in_windows(times_of(table), windows)
        if not _keys_fit(table):
            return "a record's key is not that of its values"
        keys.append(table["record_key"].combine_chunks())
    total = sum(map(len, keys))
    if total and pc.count_distinct(pa.chunked_array(keys)).as_py() != total:
        return "a key stands twice"
    if is_retired:
        return None if total == 0 else "it is retired and holds rows"
    if [entry.rows for entry in coverage] != counts.tolist() or total != counts.sum():
        return "its rows are not those that its coverage counts"
    return None


def _keys_fit(table: pa.Table) -> bool:
    """Whether each landed key is the one that the row's values give, numbered or not."""
    expected = plain_keys(table)
    landed = table["record_key"]
    if landed.null_count:
        return False
    is_other = pc.not_equal(landed, expected)
    others = pc.replace_substring_regex(landed.filter(is_other), r"#\d+$", "")
    return bool(pc.all(pc.equal(others, expected.filter(is_other)), min_count=0).as_py())


def _tables(file: pq.ParquetFile) -> Iterator[pa.Table]:
    for index in range(file.metadata.num_row_groups):
        yield file.read_row_group(index)


def _check_networks(lake: Lake) -> None:
    file = lake.open_checked(NETWORKS_FILE)
    if file is not None:
        with closing(file), lake_errors(lake.root, f"read at {NETWORKS_FILE}"):
            for _ in _tables(file):
                pass
