"""Which seconds are landed, by which requests, what is missing, and what waits for a receipt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

from miatel.coverage import Coverage
from miatel.lake import Lake, day_file
from miatel.receipts import count_open_receipts_by_day
from miatel.windows import Window, day_window, merge_windows, subtract_windows


@dataclass(frozen=True)
class CoverageReport:
    """The coverage of a period.

    Attributes:
        period: what was looked at.
        entries: the accepted requests' shares within it, in order of time.
        gaps: seconds of the period that no accepted request covers, in order.
        open_receipts: landed messages that wait for a receipt, by GMT day; only days with some.
    """

    period: Window
    entries: list[Coverage]
    gaps: list[Window]
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
    days = lake.days()
    if (start is None or end is None) and not days:
        return None
    if start is None:
        start = lake.coverage(days[0])[0].window.start
    if end is None:
        end = lake.coverage(days[-1])[-1].window.end
    period = Window(start, end)
    within = [day for day in days if day_window(day).intersect(period)]
    with ThreadPoolExecutor(thread_name_prefix="miatel-coverage") as pool:
        of_days = pool.map(lake.coverage, within)
        entries = [entry for day in of_days for entry in day if entry.window.intersect(period)]
    covered = merge_windows(part for entry in entries if (part := entry.proven_part))
    return CoverageReport(
        period,
        entries,
        subtract_windows([period], covered),
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
