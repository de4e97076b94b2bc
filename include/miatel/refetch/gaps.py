"""Gaps of the landed history, and which of them a daily run asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from miatel.lake.failed_gaps import FailedGap
from miatel.lake.landed_days import LandedDays
from miatel.windows import Window, day_window, subtract_windows

MOST_DAYS = timedelta(days=31)
"""Length of gaps that one daily run asks for at most."""

MOST_REQUESTS = 300
"""Requests that one daily run sends for gaps at most."""

LONGEST_HOLE = timedelta(days=92)
"""A longer hole is reported, not asked for: it is rather a history that nobody wanted."""


@dataclass(frozen=True)
class Gaps:
    """The seconds since the first landed one that no accepted request covers.

    Attributes:
        missing: all of them, as disjoint windows in order.
        to_ask: those that a run asks for now, oldest first.
        put_off: those that failed lately, each with why.
        too_long: holes that are not asked for by a daily run.
    """

    missing: list[Window]
    to_ask: list[Window]
    put_off: list[FailedGap]
    too_long: list[Window]


def find_gaps(landed: LandedDays, until: datetime, failed: list[FailedGap], now: datetime) -> Gaps:
    """Find the gaps of what is landed.

    Args:
        landed: all days; those that cannot be read are skipped, retired ones have no gap.
        until: the second after the last one to look at, aware UTC.
        failed: what was asked for in vain.
        now: the present, aware UTC.
    """
    first = landed.first_second
    if first is None or first >= until:
        return Gaps([], [], [], [])
    skipped = [day_window(day) for day in landed.unreadable]
    missing = subtract_windows([Window(first, until)], [*landed.covered, *skipped])
    too_long = [hole for hole in missing if hole.length > LONGEST_HOLE]
    put_off = [
        gap
        for gap in failed
        if gap.is_put_off(now) and any(gap.window.intersect(hole) for hole in missing)
    ]
    due = subtract_windows(missing, [*too_long, *(gap.window for gap in put_off)])
    return Gaps(missing, _oldest(due), put_off, too_long)


def _oldest(windows: list[Window]) -> list[Window]:
    """The oldest seconds that one run asks for; they end with a GMT day where that is possible."""
    left = MOST_DAYS
    chosen: list[Window] = []
    for window in windows:
        if not left:
            break
        end = min(window.end, window.start + left)
        midnight = end.replace(hour=0, minute=0, second=0)
        if end < window.end and midnight > window.start:
            chosen.append(Window(window.start, midnight))
            break
        chosen.append(Window(window.start, end))
        left -= end - window.start
    return chosen
