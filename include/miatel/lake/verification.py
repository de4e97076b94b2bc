"""Check of a lake: that each raw file is as it was written, and says nothing that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miatel.errors import LakeError
from miatel.identity.record_key import plain_keys
from miatel.lake.coverage import Coverage, decode_footer, decode_format, decode_retired_at
from miatel.lake.lake import Lake
from miatel.lake.lake_file import lake_errors
from miatel.record_times import count_in_windows, times_of
from miatel.sources import Source


@dataclass
class VerifyReport:
    """What checking found.

    Attributes:
        days: how many files of days were checked.
        rows: rows in them.
        unverifiable: paths of days of format 1, which carry nothing to check by.
        damaged: path of a file that is not right → what is wrong with it.
    """

    days: int = 0
    rows: int = 0
    unverifiable: list[str] = field(default_factory=list)
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
        on_progress: called with a line now and then.

    Raises:
        LakeError: the lake cannot be listed.
    """
    report = VerifyReport()
    files = [(source, path) for source in lake.sources for path in lake.files(source)]
    for number, (source, path) in enumerate(files, 1):
        try:
            wrong = _check_file(lake, source, path, origins, report)
        except LakeError as error:
            wrong = str(error)
        if wrong:
            report.damaged[path] = wrong
        if number % 50 == 0:
            on_progress(f"{number:,} of {len(files):,} files are checked")
    return report


def _check_file(
    lake: Lake, source: Source, path: str, origins: frozenset[str] | None, report: VerifyReport
) -> str | None:
    """What is wrong with a file; None where nothing is."""
    report.days += source.day_of(path) is not None
    file = lake.open_checked(path)
    if file is None:
        return None
    with closing(file), lake_errors(lake.root, f"read at {path}"):
        report.rows += file.metadata.num_rows if source.day_of(path) else 0
        if source.has_coverage:
            return _check_covered(file, source, path, origins, report)
        if not file.schema_arrow.equals(source.schema):
            return "its columns are not those of its source"
        for _ in _tables(file):
            """Each of its pages is read."""
        return None


def _check_covered(
    file: pq.ParquetFile,
    source: Source,
    path: str,
    origins: frozenset[str] | None,
    report: VerifyReport,
) -> str | None:
    metadata = file.metadata.metadata
    coverage = decode_footer(metadata, path)
    if decode_format(metadata, path) == 1:
        report.unverifiable.append(path)
        return None
    if not file.schema_arrow.equals(source.schema):
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
