"""Planner of request windows: few requests, few answers thrown away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import numpy as np

from miatel.limits import MAX_RECORDS, MAX_WINDOW, ONE_SECOND
from miatel.planning.constants import (
    FILL,
    FILL_AFTER_TRUNCATION,
    FILL_WITHOUT_PAST,
    SURVEY_CAPS,
    SURVEY_FROM,
)
from miatel.planning.forecast import Seconds, TrafficModel
from miatel.planning.truncation import Held, Sample, guess_factor, infer_held
from miatel.unix_time import from_unix
from miatel.windows import Window, subtract_windows


class _Source(Protocol):
    """A predictor of how many records a stretch of time holds."""

    def reach(self, start: int, stop: int, budget: float) -> tuple[int, float]:
        """How far a number of records carries, as `TrafficModel.reach`."""


class WindowPlanner:
    """Walks forward through what is wanted.

    Args:
        wanted: the seconds to cover; adaptive windows are cut from them.
        cap: most records in one answer; an answer of as many is truncated.
        traffic: what is known of past traffic.
    """

    def __init__(
        self,
        wanted: Iterable[Window],
        *,
        cap: int = MAX_RECORDS,
        traffic: TrafficModel | None = None,
    ) -> None:
        self.cap = cap
        self.traffic = traffic or TrafficModel()
        self.too_dense: list[Window] = []
        self._again: deque[Window] = deque()
        self._wanted = deque(subtract_windows(wanted, ()))
        self._samples: list[Sample] = []  # each lies within the one before
        self._held: Held | None = None  # which records truncated answers hold
        self._is_proven = False
        self._rest_start: datetime | None = None  # of what a truncated answer left out
        # The last window asked for of which all records should be known, and how many they are.
        self._complete: Window | None = None
        self._complete_count = 0
        self._wants_survey = False

    @property
    def left(self) -> list[Window]:
        """What is still to be asked for, in no order."""
        return [*self._again, *self._wanted]

    def next_window(self) -> Window | None:
        """The next window to ask for, at most 31 days; None when all is asked for."""
        if self._again:
            return self._again.popleft()
        if not self._wanted:
            return None
        stretch = self._wanted.popleft()
        latest = min(stretch.end, stretch.start + MAX_WINDOW)
        end = from_unix(self._choose_end(*Window(stretch.start, latest).unix_bounds))
        if end < stretch.end:
            self._wanted.appendleft(Window(end, stretch.end))
        return Window(stretch.start, end)

    def put_back(self, window: Window) -> None:
        """Ask for a window again, next."""
        self._again.appendleft(window)

    def accept(self, window: Window, times: Seconds) -> None:
        """A window's answer is complete.

        Args:
            window: what was asked for.
            times: its records' times, seconds since 1970.
        """
        self.traffic.observe(window, times)

    def expect(self, window: Window, count: int) -> None:
        """An answer has come of which only the number of records is known yet."""
        for sample in self._samples:
            sample.learn(window, count)
            if sample.is_proven:
                self._held, self._is_proven = "sample", True
        if window == self._complete and count == self._complete_count:
            self._is_proven = True
        self.traffic.observe_count(window, count)

    def split(self, window: Window, times: Seconds) -> None:
        """A window's answer is truncated: ask for its parts.

        A single second cannot be split; it goes to `too_dense`.

        Args:
            window: what was asked for.
            times: the times of those records that came, seconds since 1970.
        """
        if window.length == ONE_SECOND:
            self.too_dense.append(window)
            return
        times = np.sort(times)
        is_one_second = times[0] == times[-1]
        if self._held != "sample" and is_one_second:
            self._split_around(window, int(times[0]))
            return
        if window == self._complete:  # its records should have been complete
            self._held, self._is_proven = "sample", False
        elif not self._is_proven:
            self._held = infer_held(window, times, self.traffic) or self._held
        if self._held in (None, "sample"):
            self._split_sampled(window, times)
        elif is_one_second:
            self._split_around(window, int(times[0]))
        elif self._held == "first":
            self._split_after_first(window, times)
        else:
            self._split_before_last(window, times)

    def _split_around(self, window: Window, second: int) -> None:
        """All records that came lie in one second: ask for it alone, and for what is around it."""
        start, end = window.unix_bounds
        if second + 1 < end:
            self._want(Window(from_unix(second + 1), window.end))
        self._again.appendleft(Window(from_unix(second), from_unix(second + 1)))
        if start < second:
            self._again.appendleft(Window(window.start, from_unix(second)))

    def _split_sampled(self, window: Window, times: Seconds) -> None:
        outer = self._samples[-1] if self._samples else None
        factor = guess_factor(window, times, self.traffic, outer)
        if (outer is None or window.end > outer.window.end) and not self.traffic.knows_nothing:
            beyond = factor - self.traffic.expect(*window.unix_bounds) / self.cap
            self._wants_survey = self._held == "sample" and SURVEY_FROM < beyond < SURVEY_CAPS
        self._samples = [s for s in self._samples if s.window.end > window.end]
        self._samples.append(Sample(window, times, factor))
        self._want(window)

    def _split_after_first(self, window: Window, times: Seconds) -> None:
        """All records before the last one's second came: ask for just those, then for the rest."""
        complete, rest = window.split_at(from_unix(int(times[-1])))
        self._ask_complete(complete, rest, times)

    def _split_before_last(self, window: Window, times: Seconds) -> None:
        """All records after the first one's second came: ask for just those, then for the rest."""
        rest, complete = window.split_at(from_unix(int(times[0]) + 1))
        self._ask_complete(complete, rest, times)

    def _ask_complete(self, complete: Window, rest: Window, times: Seconds) -> None:
        """Ask for the part of a window all records of which should be known, then for the rest."""
        first, last = np.searchsorted(times, complete.unix_bounds)
        self._complete, self._complete_count = complete, int(last - first)
        self._rest_start = rest.start
        self.traffic.compare(complete, times[first:last])
        self._again.appendleft(complete)
        self._want(rest)

    def _want(self, window: Window) -> None:
        """Want a window next, and with it what follows without a gap."""
        if self._wanted and self._wanted[0].start == window.end:
            window = Window(window.start, self._wanted.popleft().end)
        self._wanted.appendleft(window)

    def _choose_end(self, start: int, latest: int) -> int:
        while self._samples and (
            self._samples[-1].span[1] <= start or self._samples[-1].is_too_thin(FILL * self.cap)
        ):
            self._samples.pop()
        if self.traffic.knows_nothing and not self._samples:
            return latest
        budget, at, stop = float(self.cap - 1), start, latest
        if self._rest_start == from_unix(start):
            budget *= FILL_AFTER_TRUNCATION
        if self._samples and start == self._samples[-1].window.unix_bounds[0]:
            stop = min(stop, self._samples[-1].window.unix_bounds[1] - 1)  # all of it was too much
        while at < stop:
            source, until, share = self._source(at, stop, budget)
            at, left = source.reach(at, until, budget * share)
            if at < until:
                break
            budget = left / share
        if self._wants_survey and not (self._samples and at < self._samples[-1].span[1]):
            # One truncated answer shows many bursts: cheaper than to run into each.
            at, _ = self.traffic.reach(start, latest, SURVEY_CAPS * self.cap)
        return max(start + 1, at)

    def _source(self, at: int, stop: int, budget: float) -> tuple[_Source, int, float]:
        """The best predictor from a second on, up to where, and the part of the cap to aim at."""
        for sample in reversed(self._samples):
            first, last = sample.span
            if first <= at < last:
                return sample, min(stop, last), sample.share(max(1.0, budget))
            if at < first:
                stop = min(stop, first)
        fill = FILL if self.traffic.knows_day_before(at) else FILL_WITHOUT_PAST
        bursts = self.traffic.small_bursts.room(self.cap) / self.cap
        return self.traffic, stop, fill / (1 + bursts)
