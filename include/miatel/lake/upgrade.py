"""Day files of format 1, as version 0.1.0 landed them, rewritten as format 2 without a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miatel.errors import LakeError, NewerFormatError
from miatel.identity.deduplication import rekey_rows
from miatel.identity.seen_times import add_seen_times
from miatel.lake.coverage import decode_footer, decode_format, kept_entries
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile, lake_errors
from miatel.lake.parquet_io import RowGroupWriter, whole_seconds
from miatel.schema import ANSWER_SCHEMA, UTC_MICROSECONDS


@dataclass
class UpgradeReport:
    """What rewriting did.

    Attributes:
        upgraded: paths of the files that were rewritten, in order.
        damaged: paths of files that could not be read, and why; they are as before.
    """

    upgraded: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Stop where every day is needed.

        Raises:
            LakeError: a day could not be read.
        """
        if self.damaged:
            reasons = " ".join(f"{path}: {reason}" for path, reason in self.damaged.items())
            raise LakeError(
                f"{len(self.damaged)} files cannot be read, so nothing is made of the lake: "
                f"{reasons}"
            )


def upgrade_lake(
    lake: Lake, now: datetime, on_progress: Callable[[str], None] = lambda _: None
) -> UpgradeReport:
    """Rewrite every day of format 1 as format 2: same values and coverage, keys computed.

    Safe to stop at any time and to run again; instant where there is none.

    Args:
        lake: local or on an object store.
        now: the present, aware UTC; a time of format 1 that lies after it is taken as the earliest
            of its file.
        on_progress: called with a line now and then.

    Returns:
        What was done. A day that cannot be read does not keep the others from being rewritten.

    Raises:
        NewerFormatError: a later version wrote a day.
        LakeError: a day could not be written.
    """
    report = UpgradeReport()
    paths = _files_of_format_1(lake, report)
    if paths:
        on_progress(f"rewriting {len(paths):,} days of format 1 as format 2; nothing is asked for")
    for number, path in enumerate(paths, 1):
        try:
            if lake.update(path, lambda file: _upgrade_file(file, now)):
                report.upgraded.append(path)
        except _UnreadableFileError as error:
            report.damaged[path] = str(error)
        if number % 50 == 0:
            on_progress(f"{number:,} of {len(paths):,} days are rewritten")
    return report


class _UnreadableFileError(Exception):
    """A file's rows cannot be read."""


def _files_of_format_1(lake: Lake, report: UpgradeReport) -> list[str]:
    def find_format(path: str) -> int | None:
        try:
            return _format_of(lake, path)
        except NewerFormatError:
            raise
        except LakeError as error:
            report.damaged[path] = str(error)
            return None

    paths = [path for source in lake.sources if source.has_coverage for path in lake.files(source)]
    with ThreadPoolExecutor(thread_name_prefix="miatel-upgrade") as pool:
        formats = list(pool.map(find_format, paths))
    return [path for path, found in zip(paths, formats, strict=True) if found == 1]


def _format_of(lake: Lake, path: str) -> int | None:
    file = lake.open_parquet(path)
    if file is None:
        return None
    with closing(file):
        return decode_format(file.metadata.metadata, path)


def _upgrade_file(file: LakeFile, now: datetime) -> bool:
    """Whether the file was rewritten; not where another process was quicker."""
    source = file.open_parquet()
    if source is None:
        return False
    with closing(source):
        if decode_format(source.metadata.metadata, file.path) != 1:
            return False
        with file.writing() as scratch:
            _rewrite(source, file.path, scratch, now)
    return True


def _rewrite(file: pq.ParquetFile, path: str, scratch: Path, now: datetime) -> None:
    metadata = file.metadata.metadata
    with _reading(path):
        coverage = decode_footer(metadata, path)
        earliest = _earliest_time(file)
    writer = RowGroupWriter(scratch)
    try:
        for table in whole_seconds(_read_groups(file, path)):
            writer.write(_to_format_2(table, earliest, now))
    except BaseException:
        writer.abandon()
        raise
    writer.close(coverage, kept_entries(metadata))


@contextmanager
def _reading(path: str) -> Iterator[None]:
    try:
        with lake_errors("", f"read at {path}"):
            yield
    except LakeError as error:
        raise _UnreadableFileError(str(error)) from None


def _read_groups(file: pq.ParquetFile, path: str) -> Iterator[pa.Table]:
    for index in range(file.metadata.num_row_groups):
        with _reading(path):
            table = file.read_row_group(index)
        yield table


def _earliest_time(file: pq.ParquetFile) -> datetime | None:
    times = file.read(columns=["extracted_at"])["extracted_at"]
    found: datetime | None = pc.min(times).as_py()
    return found


def _to_format_2(table: pa.Table, earliest: datetime | None, now: datetime) -> pa.Table:
    seen_at = table["extracted_at"]
    is_later = pc.greater(seen_at, pa.scalar(now, UTC_MICROSECONDS))
    seen_at = pc.if_else(is_later, pa.scalar(earliest, UTC_MICROSECONDS), seen_at)
    return rekey_rows(add_seen_times(table.select(ANSWER_SCHEMA.names), seen_at))
