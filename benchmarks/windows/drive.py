"""The planner driven as an extraction drives it, without HTTP, reader or disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from benchmarks.windows.history import History, Seconds
from miatel.history import MOST_READ
from miatel.limits import MAX_RECORDS, MAX_WINDOW
from miatel.planning.forecast import REMEMBERED, TrafficModel
from miatel.planning.planner import WindowPlanner
from miatel.windows import Window, day_window

ORDERS = ("ascending", "descending", "shuffled")
"""Which records a truncated answer holds: the earliest, the latest, or some from everywhere."""


@dataclass
class Walk:
    """What a walk over a history cost.

    Attributes:
        requests: answers asked for.
        least: the fewest with which it could have been done.
        landed: records accepted.
        thrown_away: records in truncated answers.
    """

    requests: int = 0
    least: int = 0
    landed: int = 0
    thrown_away: int = 0

    @classmethod
    def of(cls, history: History) -> Walk:
        """A walk over all of a history, not begun yet."""
        by_records, by_days = history.total / MAX_RECORDS, history.period.length / MAX_WINDOW
        return cls(least=max(ceil(by_records), ceil(by_days)))

    @property
    def facts(self) -> dict[str, float]:
        """The two ratios that the targets name, and the counts behind them."""
        return {
            **vars(self),
            "request_ratio": self.requests / self.least,
            "thrown_ratio": self.thrown_away / max(1, self.landed),
        }


def walk_once(history: History, order: str) -> Walk:
    """One extraction of all of the history into an empty lake."""
    walk = Walk.of(history)
    list(_drive(history, WindowPlanner([history.period]), order, walk))
    return walk


def walk_warm(history: History, order: str) -> Walk:
    """One extraction of the last 31 days, knowing what the footers of the days before tell."""
    before, wanted = history.period.split_at(history.period.end - MAX_WINDOW)
    landed = _drive(history, WindowPlanner([before]), order, Walk())
    traffic = _past(history, list(landed), wanted)
    walk = Walk(least=max(1, ceil(history.count(wanted) / MAX_RECORDS)))
    list(_drive(history, WindowPlanner([wanted], traffic=traffic), order, walk))
    return walk


def walk_daily(history: History, order: str) -> Walk:
    """One extraction a day, each knowing what the footers of the days before tell."""
    walk = Walk()
    landed: list[tuple[Window, int]] = []
    for day in history.period.days():
        wanted = day_window(day)
        walk.least += max(1, ceil(history.count(wanted) / MAX_RECORDS))
        traffic = _past(history, landed, wanted)
        planner = WindowPlanner([wanted], traffic=traffic)
        landed += _drive(history, planner, order, walk)
    return walk


def _past(history: History, landed: list[tuple[Window, int]], wanted: Window) -> TrafficModel:
    """What the day files would tell: the times of moderate days, the footers of full ones."""
    traffic = TrafficModel()
    for window, _ in landed:
        for day in map(day_window, window.days()):
            share = window.intersect(day)
            if share is None or share.end <= wanted.start - REMEMBERED:
                continue
            if history.count(day) <= MOST_READ:
                traffic.remember_times(share, history.times(share))
            else:
                traffic.remember(share, history.count(share))
    return traffic


def _drive(
    history: History, planner: WindowPlanner, order: str, walk: Walk
) -> Iterator[tuple[Window, int]]:
    """Walk to the end; as in an extraction, an answer is read while the next is on its way.

    Yields:
        The accepted windows with their counts.
    """
    most = 100 + 20 * history.total // MAX_RECORDS
    sample = np.random.default_rng(1)
    reading: tuple[Window, Seconds] | None = None
    while True:
        window = planner.take_next()
        if window is None and reading is None:
            break
        count = history.count(window) if window else 0
        if reading is not None:
            planner.accept(*reading)
            reading = None
        if window is None:
            continue
        walk.requests += 1
        if walk.requests > most + 20 * walk.least:
            raise RuntimeError(f"no end after {walk.requests} requests")
        if count >= planner.cap:
            walk.thrown_away += planner.cap
            planner.split(window, _truncate(history, window, planner.cap, order, sample))
        else:
            walk.landed += count
            planner.expect(window, count)
            reading = (window, history.times(window))
            yield window, count
    if planner.too_dense:
        raise RuntimeError(f"{len(planner.too_dense)} seconds hold more than the cap")


def _truncate(
    history: History, window: Window, cap: int, order: str, sample: np.random.Generator
) -> Seconds:
    """The times of those records that come, of the many that a window has."""
    count = history.count(window)
    if order == "ascending":
        places = np.arange(cap)
    elif order == "descending":
        places = np.arange(count - cap, count)
    else:
        edges = np.arange(cap + 1) * count // cap
        places = edges[:-1] + (sample.random(cap) * np.diff(edges)).astype(np.int64)
    return history.times_at(window, places)
