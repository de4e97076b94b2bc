"""The planner driven as an extraction drives it, without HTTP, reader or disk."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from benchmarks.windows.history import History, Seconds
from miatel.history import MOST_READ
from miatel.limits import MAX_RECORDS, MAX_WINDOW
from miatel.planning.forecast import REMEMBERED, TrafficModel
from miatel.planning.planner import WindowPlanner
from miatel.windows import Window, day_window

# Which records a truncated answer holds: the earliest, the latest, or some from everywhere.
ORDERS = ("ascending", "descending", "shuffled")
Landed = list[Window]


@dataclass
class Walk:
    """What a walk over a history cost: the fewest answers possible, those asked for, records."""

    least: int = 0
    requests: int = 0
    landed: int = 0
    thrown_away: int = 0


def walk_once(history: History, order: str) -> Walk:
    """One extraction of all of the history into an empty lake."""
    walk = Walk(history.least)
    _drive(history, WindowPlanner([history.period]), order, walk)
    return walk


def walk_warm(history: History, order: str) -> Walk:
    """One extraction of the last 31 days, knowing what the footers of the days before tell."""
    before, wanted = history.period.split_at(history.period.end - MAX_WINDOW)
    landed = _drive(history, WindowPlanner([before]), order, Walk())
    walk = Walk(max(1, ceil(history.count(wanted) / MAX_RECORDS)))
    _drive(history, WindowPlanner([wanted], traffic=_past(history, landed, wanted)), order, walk)
    return walk


def walk_daily(history: History, order: str) -> Walk:
    """One extraction a day, each knowing what the footers of the days before tell."""
    walk, landed = Walk(), Landed()
    for wanted in map(day_window, history.period.days()):
        walk.least += max(1, ceil(history.count(wanted) / MAX_RECORDS))
        planner = WindowPlanner([wanted], traffic=_past(history, landed, wanted))
        landed += _drive(history, planner, order, walk)
    return walk


def _past(history: History, landed: Landed, wanted: Window) -> TrafficModel:
    """What the day files would tell: the times of moderate days, the footers of full ones."""
    traffic = TrafficModel()
    for window in landed:
        for day in map(day_window, window.days()):
            share = window.intersect(day)
            if share is None or share.end <= wanted.start - REMEMBERED:
                continue
            if history.count(day) <= MOST_READ:
                traffic.remember_times(share, history.times(share))
            else:
                traffic.remember(share, history.count(share))
    return traffic


def _drive(history: History, planner: WindowPlanner, order: str, walk: Walk) -> Landed:
    """Walk to the end; as in an extraction, an answer is read while the next is on its way."""
    most = walk.requests + 100 + 20 * (history.total // MAX_RECORDS + walk.least)
    sample, landed = np.random.default_rng(1), Landed()
    reading: Window | None = None
    while (window := planner.take_next()) is not None or reading is not None:
        if reading is not None:
            planner.accept(reading, history.times(reading))
            reading = None
        if window is None:
            continue
        count = history.count(window)
        walk.requests += 1
        if walk.requests > most:
            raise RuntimeError(f"no end after {walk.requests} requests")
        if count >= planner.cap:
            walk.thrown_away += planner.cap
            planner.split(window, _truncate(history, window, planner.cap, order, sample))
        else:
            walk.landed += count
            planner.expect(window, count)
            reading = window
            landed.append(window)
    if planner.too_dense:
        raise RuntimeError(f"{len(planner.too_dense)} seconds hold more than the cap")
    return landed


def _truncate(
    history: History, window: Window, cap: int, order: str, sample: np.random.Generator
) -> Seconds:
    """The times of those records that come, of the many that a window has."""
    count = history.count(window)
    if order == "shuffled":
        edges = np.arange(cap + 1) * count // cap
        places = edges[:-1] + (sample.random(cap) * np.diff(edges)).astype(np.int64)
    else:
        places = np.arange(cap) + (0 if order == "ascending" else count - cap)
    return history.times_at(window, places)
