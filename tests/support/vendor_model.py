"""The vendor as a planner sees it: how many records a window has, and which of them come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from miatel import Window
from miatel.planning.planner import WindowPlanner
from miatel.planning.walk import walk_windows

Seconds = npt.NDArray[np.int64]
Keeps = Callable[[Seconds, int], Seconds]


def _sample(times: Seconds, cap: int) -> Seconds:
    return np.random.default_rng(len(times)).permutation(times)[:cap]


def _by_node(times: Seconds, cap: int) -> Seconds:
    """All records of one of three nodes, then a part of the next one's, each by time."""
    return times[np.argsort(np.arange(len(times)) % 3, kind="stable")[:cap]]


KEEPS: dict[str, Keeps] = {
    "first": lambda times, cap: times[:cap],
    "last": lambda times, cap: times[-cap:],
    "even": lambda times, cap: times[np.arange(cap) * len(times) // cap],
    "sample": _sample,
    "by_node": _by_node,
}
"""Which records come when there are more than the cap."""


@dataclass
class Walked:
    """What was asked for, and how it went."""

    accepted: list[Window] = field(default_factory=list)
    asked: list[Window] = field(default_factory=list)
    discarded: int = 0


def walk_through(planner: WindowPlanner, times: Seconds, keeps: Keeps, most: int) -> Walked:
    """Ask for all that the planner wants, one answer read while the next one comes.

    Args:
        planner: fresh.
        times: of all records that there are, seconds since 1970, sorted.
        keeps: which records come when there are too many.
        most: requests after which it has failed.
    """
    walked = Walked()
    walk_windows(planner, _Model(planner, times, keeps, most, walked))
    return walked


@dataclass
class _Model:
    """Answers from the times of all records that there are."""

    planner: WindowPlanner
    times: Seconds
    keeps: Keeps
    most: int
    walked: Walked
    parsing: tuple[Window, Seconds] | None = None

    def ask(self, window: Window) -> int:
        self.finish_parsing()
        self.walked.asked.append(window)
        assert len(self.walked.asked) <= self.most, f"no end after {self.most} requests"
        inside = self.times[slice(*np.searchsorted(self.times, window.unix_bounds))]
        self.parsing = window, inside
        return len(inside)

    def finish_parsing(self) -> bool:
        if self.parsing is None:
            return False
        (window, inside), self.parsing = self.parsing, None
        if len(inside) >= self.planner.cap:
            self.walked.discarded += self.planner.cap
            self.planner.split(window, self.keeps(inside, self.planner.cap))
        else:
            self.walked.accepted.append(window)
            self.planner.accept(window, inside)
        return True
