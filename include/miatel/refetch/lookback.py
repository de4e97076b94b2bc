"""Which landed days before an interval a daily run asks for again completely, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from miatel.lake.landed_days import LandedDays
from miatel.refetch.receipts import Waiting, WaitingDays
from miatel.windows import Window, day_window

DAY_BEFORE = "day before"


def find_days_again(landed: LandedDays, waiting: WaitingDays, interval: Window) -> dict[date, str]:
    """Find the landed days to ask for again, each with why.

    The day before is asked for once more whatever it holds, since the vendor may show a record
    late. Not when it is retired or nothing of it is landed, nor when each of its seconds was asked
    for after the interval: then this run, or a later one, has already done so.

    Args:
        landed: footers of at least the day before.
        waiting: the days of the lookback with messages that may still change.
        interval: the run's complete data interval.
    """
    reasons: dict[date, list[str]] = {}
    before = interval.start.date() - timedelta(days=1)
    day = landed.days.get(before)
    if day is not None and not day.is_retired and not day.was_asked_since(interval.end):
        reasons[before] = [DAY_BEFORE]
    for number, counts in waiting.days.items():
        reasons[number] = [*reasons.get(number, []), *_reasons(counts)]
    return {number: ", ".join(reasons[number]) for number in sorted(reasons)}


def windows_before(days: Iterable[date], interval: Window) -> list[Window]:
    """The days, each complete as far as it lies before the interval."""
    windows = [day_window(day) for day in sorted(days)]
    return [
        Window(w.start, min(w.end, interval.start)) for w in windows if w.start < interval.start
    ]


def _reasons(counts: Waiting) -> list[str]:
    found = [(counts.open_receipts, "open receipts"), (counts.missing_prices, "missing prices")]
    return [f"{count:,} {what}" for count, what in found if count]
