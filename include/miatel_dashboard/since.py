"""Since when a rate is low: the one day at which a daily rate fell the most clearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import sqrt

LEAST_DROP = 0.03
"""A fall of fewer points is not shown as one."""

_LEAST_DAYS = 3


@dataclass(frozen=True)
class Fall:
    """A rate was `before` until the day before `since_date`, and `after` from then on."""

    since_date: date
    before: float
    after: float


def find_fall(days: Sequence[tuple[date, int, int]]) -> Fall | None:
    """The day that parts the days best into a higher rate before and a lower one after.

    Best is the least squared distance of the daily rates, weighted by their counts, from the rate
    of their part. Only a fall is shown that is at least LEAST_DROP and twice the usual distance of
    a day from its part: a rate that only wavers has no such day.

    Args:
        days: day, count, and how many of the count arrived; days without any count are skipped.

    Returns:
        The fall, or None where no day stands out.
    """
    days = [day for day in days if day[1]]
    if len(days) < 2 * _LEAST_DAYS:
        return None
    counts = [0, *accumulate(count for _, count, _ in days)]
    hits = [0, *accumulate(hit for _, _, hit in days)]
    squares = [0.0, *accumulate(hit * hit / count for _, count, hit in days)]

    def spread(start: int, end: int) -> float:
        count, hit = counts[end] - counts[start], hits[end] - hits[start]
        return squares[end] - squares[start] - hit * hit / count

    total = len(days)
    splits = range(_LEAST_DAYS, total - _LEAST_DAYS + 1)
    split = min(splits, key=lambda at: spread(0, at) + spread(at, total))
    before = hits[split] / counts[split]
    after = (hits[total] - hits[split]) / (counts[total] - counts[split])
    usual = sqrt(max(spread(0, split) + spread(split, total), 0) / counts[total])
    if before - after < max(LEAST_DROP, 2 * usual):
        return None
    return Fall(days[split][0], before, after)
