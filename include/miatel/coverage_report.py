"""Which seconds are landed, by which requests, what is missing, and what waits for a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from miatel.lake.coverage import Coverage
from miatel.lake.failed_gaps import FailedGap, read_failed_gaps
from miatel.lake.lake import Lake, day_file
from miatel.lake.landed_days import read_landed_days
from miatel.refetch.receipts import count_open_receipts_by_day
from miatel.windows import Window, subtract_windows


@dataclass(frozen=True)
class CoverageReport:
    """The coverage of a period.

    Attributes:
        period: what was looked at.
        entries: the accepted requests' shares within it, in order of time.
        gaps: seconds of the period that no accepted request covers, in order; none of a retired
            day.
        failed_gaps: those of them that a daily run asked for in vain, each with why.
        open_receipts: landed messages that wait for a receipt, by GMT day; only days with some.
    """

    period: Window
    entries: list[Coverage]
    gaps: list[Window]
    failed_gaps: list[FailedGap]
    open_receipts: dict[date, int]

    @property
    def requests(self) -> int:
        """How many accepted requests the period's seconds come from."""
        return len({(e.run_id, e.requested_at, e.request) for e in self.entries})

    @property
    def rows(self) -> int:
        """Landed records of the shares."""
        return sum(entry.rows for entry in self.entries)

    @property
    def gap_seconds(self) -> int:
        """Seconds that are not landed."""
        return sum(gap.seconds for gap in self.gaps)


def report_coverage(
    lake: Lake, start: datetime | None = None, end: datetime | None = None
) -> CoverageReport | None:
    """Read the footers of the lake's day files, and their receipts.

    Args:
        lake: the landed days.
        start: first second, aware UTC; None for the first landed one.
        end: the second after the last, aware UTC; None for the last landed one.

    Returns:
        The report, or None when nothing is landed and no period was given.

    Raises:
        LakeError: a day's file cannot be read.
    """
    landed = read_landed_days(lake, [Window(start, end)] if start and end else None)
    for error in landed.unreadable.values():
        raise error
    if (start is None or end is None) and not landed.days:
        return None
    if start is None:
        start = min(entry.window.start for day in landed.days.values() for entry in day.entries)
    if end is None:
        end = max(entry.window.end for day in landed.days.values() for entry in day.entries)
    period = Window(start, end)
    entries = [e for day in landed.days.values() for e in day.entries if e.window.intersect(period)]
    gaps = subtract_windows([period], landed.covered)
    return CoverageReport(
        period,
        entries,
        gaps,
        [failed for failed in read_failed_gaps(lake) if any(map(failed.window.intersect, gaps))],
        count_open_receipts_by_day(lake, period),
    )


def find_request(lake: Lake, moment: datetime) -> tuple[str, Coverage] | None:
    """The file and the accepted request that a landed second comes from, or None for a gap.

    Args:
        lake: the landed days.
        moment: aware UTC, whole seconds.

    Raises:
        LakeError: the day's file cannot be read.
    """
    for entry in lake.coverage(moment.date()):
        proven = entry.proven_part
        if proven and proven.start <= moment < proven.end:
            return day_file(moment.date()), entry
    return None
