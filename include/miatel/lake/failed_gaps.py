"""Gaps that were asked for in vain: written down in the lake, and asked again once a week."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.errors import LakeError, WindowTooDenseError
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile
from miatel.schema import UTC_MICROSECONDS
from miatel.windows import Window, subtract_windows

log = logging.getLogger(__name__)

FAILED_GAPS_FILE = "gaps/failed_gaps.parquet"
PAUSE = timedelta(days=7)
_SLACK = timedelta(hours=1)  # a daily run begins some minutes earlier or later than a week before
FAILED_GAPS_SCHEMA = pa.schema(
    [
        pa.field("start_at", UTC_MICROSECONDS, nullable=False),
        pa.field("end_at", UTC_MICROSECONDS, nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("error", pa.string(), nullable=False),
        pa.field("failed_at", UTC_MICROSECONDS, nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class FailedGap:
    """A stretch of a gap that was asked for in vain.

    Attributes:
        window: the seconds that are not landed.
        reason: what the error said: no key, no number, no text.
        error: the error's class.
        failed_at: when, aware UTC.
        run_id: the run that asked.
    """

    window: Window
    reason: str
    error: str
    failed_at: datetime
    run_id: str

    @property
    def is_too_dense(self) -> bool:
        """Whether it is a single second with more records than one answer may have."""
        return self.error == WindowTooDenseError.__name__

    def is_put_off(self, now: datetime) -> bool:
        """Whether a daily run leaves it alone: for a week, a second at the cap for good."""
        return self.is_too_dense or now - self.failed_at < PAUSE - _SLACK

    def to_row(self) -> dict[str, Any]:
        """The file's columns."""
        row = asdict(self)
        del row["window"]
        return {"start_at": self.window.start, "end_at": self.window.end, **row}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> FailedGap:
        """The inverse of `to_row`."""
        window = Window(row.pop("start_at"), row.pop("end_at"))
        return cls(window, **row)


def read_failed_gaps(lake: Lake) -> list[FailedGap]:
    """What was asked for in vain and is not landed since, in order of time.

    A file that cannot be read is logged and counts as empty: it only saves requests.
    """
    try:
        file = lake.file(FAILED_GAPS_FILE)
    except LakeError as error:
        return _none_readable(error)
    return _read(file)


def update_failed_gaps(
    lake: Lake, new: Iterable[FailedGap], covered: list[Window]
) -> list[FailedGap]:
    """Write down new failures, and forget the seconds that are landed by now.

    Args:
        lake: its file `gaps/failed_gaps.parquet` is replaced where something changes.
        new: what failed now; replaces what is known of the same seconds.
        covered: the seconds that need not be asked for any more.

    Returns:
        What is written down now, in order of time.

    Raises:
        LakeError: it could not be written; it is as before.
        ConflictError: likewise, because others write it all the time.
    """
    new = list(new)
    if not new and not read_failed_gaps(lake):
        return []
    return lake.update(FAILED_GAPS_FILE, lambda file: _update(file, new, covered))


def _update(file: LakeFile, new: list[FailedGap], covered: list[Window]) -> list[FailedGap]:
    old = _read(file)
    kept = _without(old, [*covered, *(failed.window for failed in new)])
    now = sorted([*kept, *_without(new, covered)], key=lambda failed: failed.window)
    if now != old:
        table = pa.Table.from_pylist([g.to_row() for g in now], schema=FAILED_GAPS_SCHEMA)
        with file.writing() as scratch:
            pq.write_table(table, scratch, write_page_checksum=True)
    return now


def _read(file: LakeFile) -> list[FailedGap]:
    try:
        table = file.open_parquet()
        if table is None:
            return []
        with table, file.errors("read"):
            rows = table.read().cast(FAILED_GAPS_SCHEMA).to_pylist()
    except LakeError as error:
        return _none_readable(error)
    return [FailedGap.from_row(row) for row in rows]


def _none_readable(error: LakeError) -> list[FailedGap]:
    log.warning("%s It is written anew when a gap fails.", error)
    return []


def _without(gaps: Iterable[FailedGap], windows: list[Window]) -> list[FailedGap]:
    return [
        replace(gap, window=left)
        for gap in gaps
        for left in subtract_windows([gap.window], windows)
    ]
