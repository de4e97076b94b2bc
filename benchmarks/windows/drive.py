"""The planner driven as an extraction drives it, without HTTP, reader or disk."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np

from benchmarks.windows.history import History, Seconds
from miatel import Window, day_window
from miatel.limits import MAX_RECORDS, MAX_WINDOW
from miatel.planning.constants import MOST_TIMES_READ
from miatel.planning.forecast import REMEMBERED, TrafficModel
from miatel.planning.planner import WindowPlanner
from miatel.planning.walk import walk_windows

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
    """One extraction of the last 31 days, knowing the footers of the days before."""
    before, wanted = history.period.split_at(history.period.end - MAX_WINDOW)
    landed = _drive(history, WindowPlanner([before]), order, Walk())
    walk = Walk(max(1, ceil(history.count(wanted) / MAX_RECORDS)))
    _drive(history, WindowPlanner([wanted], traffic=_past(history, landed, wanted)), order, walk)
    return walk


def walk_daily(history: History, order: str) -> Walk:
    """One extraction a day, each knowing the footers of the days before."""
    walk, landed = Walk(), Landed()
    for wanted in map(day_window, history.period.days()):
        walk.least += max(1, ceil(history.count(wanted) / MAX_RECORDS))
        planner = WindowPlanner([wanted], traffic=_past(history, landed, wanted))
        landed += _drive(history, planner, order, walk)
    return walk


def _past(history: History, landed: Landed, wanted: Window) -> TrafficModel:
    """What the day files would give: the times of moderate days, the footers of full ones."""
    traffic = TrafficModel()
    for window in landed:
        for day in map(day_window, window.days()):
            share = window.intersect(day)
            if share is None or share.end <= wanted.start - REMEMBERED:
                continue
            if history.count(day) <= MOST_TIMES_READ:
                traffic.remember_times(share, history.times(share))
            else:
                traffic.remember(share, history.count(share))
    return traffic


def _drive(history: History, planner: WindowPlanner, order: str, walk: Walk) -> Landed:
    """Walk to the end by the loop of an extraction."""
    vendor = _Vendor(history, planner, order, walk)
    walk_windows(planner, vendor)
    if planner.too_dense:
        raise RuntimeError(f"{len(planner.too_dense)} seconds hold more than the cap")
    return vendor.landed


@dataclass
class _Vendor:
    """Answers from a history, without a body; an `Asker`."""

    history: History
    planner: WindowPlanner
    order: str
    walk: Walk
    landed: Landed = field(default_factory=list)
    parsing: Window | None = None
    sample: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def ask(self, window: Window) -> int:
        """How many records a window has."""
        self.finish_parsing()
        self.walk.requests += 1
        if self.walk.requests > 1_000 + 20 * max(self.walk.least, self.history.least):
            raise RuntimeError(f"no end after {self.walk.requests} requests")
        self.parsing = window
        return self.history.count(window)

    def finish_parsing(self) -> bool:
        """Give the planner the times of the records that came."""
        window, self.parsing = self.parsing, None
        if window is None:
            return False
        count, cap = self.history.count(window), self.planner.cap
        if count >= cap:
            self.walk.thrown_away += cap
            self.planner.split(window, self.history.times_at(window, self._kept(count, cap)))
        else:
            self.walk.landed += count
            self.landed.append(window)
            self.planner.accept(window, self.history.times(window))
        return True

    def _kept(self, count: int, cap: int) -> Seconds:
        """Positions of those records that come, of the many that a window has."""
        if self.order == "shuffled":
            edges = np.arange(cap + 1) * count // cap
            return edges[:-1] + (self.sample.random(cap) * np.diff(edges)).astype(np.int64)
        return np.arange(cap) + (0 if self.order == "ascending" else count - cap)
