"""Which window to ask for next: few requests, little thrown away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from miatel.limits import MAX_RECORDS, MAX_WINDOW, ONE_SECOND
from miatel.planning.burst import Burst, find_burst
from miatel.planning.fill import Fill
from miatel.planning.forecast import BIN_SECONDS, Seconds, TrafficModel, bounds
from miatel.planning.truncation import Kept, Overflow, guess_factor, tell_kept
from miatel.windows import Window, subtract_windows

FILL_WITHOUT_PAST = 0.8
"""Part of the cap to aim at while no day before is known, when the rate may be rising."""

_BURST_FILL = 0.95
_WORTH_A_MAP = 2.0  # caps of records beyond the usual ones in the last sample
_MAP = 20.0  # caps of usual records in a window that is meant to give a sample
_UNTOLD = 0.04  # part of the cap kept free for what a truncated answer does not tell of
_UNTOLD_FACTOR = 4.0
_MOST_UNTOLD = 0.8
_MUCH_UNTOLD = 0.3


class _Source(Protocol):
    """Something that tells how many records to expect."""

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
        self._overflows: list[Overflow] = []  # each lies within the one before
        self._burst: Burst | None = None
        self._kept: Kept | None = None  # which records truncated answers hold
        self._is_proven = False
        self._whole: Window | None = None  # last one asked for of which all records should be known
        self._whole_count = 0
        self._fill = Fill()
        self._expected: dict[Window, float] = {}  # by past traffic, where nothing else was known
        self._wants_map = False

    @property
    def left(self) -> list[Window]:
        """What is still to be asked for, in no order."""
        return [*self._again, *self._wanted]

    def take_next(self) -> Window | None:
        """The next window to ask for, at most 31 days; None when all is asked for."""
        if self._again:
            return self._again.popleft()
        if not self._wanted:
            return None
        stretch = self._wanted.popleft()
        latest = min(stretch.end, stretch.start + MAX_WINDOW)
        end = _moment(self._choose_end(*bounds(Window(stretch.start, latest))))
        if end < stretch.end:
            self._wanted.appendleft(Window(end, stretch.end))
        window = Window(stretch.start, end)
        self._note_expected(window)
        return window

    def put_back(self, window: Window) -> None:
        """Ask for a window again, next."""
        self._again.appendleft(window)

    def accept(self, window: Window, times: Seconds) -> None:
        """A window's answer is whole.

        Args:
            window: what was asked for.
            times: its records' times, seconds since 1970.
        """
        self._learn_excess(window, len(times))
        self.traffic.observe(window, times)

    def expect(self, window: Window, count: int) -> None:
        """An answer has come of which only the number of records is known yet."""
        for overflow in self._overflows:
            overflow.learn(window, count)
            if overflow.is_proven:
                self._kept, self._is_proven = "sample", True
        if window == self._whole and count == self._whole_count:
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
        if self._kept != "sample" and times[0] == times[-1]:
            self._split_around(window, int(times[0]))
            return
        if window == self._whole:  # its records were taken to be all that there are
            self._kept, self._is_proven = "sample", False
        elif not self._is_proven:
            self._kept = tell_kept(window, times, self.traffic) or self._kept
        if self._kept in (None, "sample"):
            self._split_sampled(window, times)
        elif self._kept == "first":
            self._split_after_first(window, times)
        else:
            self._split_before_last(window, times)

    def _split_around(self, window: Window, second: int) -> None:
        """All records that came lie in one second: ask for it alone, and for what is around it."""
        start, end = bounds(window)
        if second + 1 < end:
            self._want(Window(_moment(second + 1), window.end))
        self._again.appendleft(Window(_moment(second), _moment(second + 1)))
        if start < second:
            self._again.appendleft(Window(window.start, _moment(second)))

    def _split_sampled(self, window: Window, times: Seconds) -> None:
        outer = self._overflows[-1] if self._overflows else None
        factor = guess_factor(window, times, self.traffic, outer)
        if (outer is None or window.end > outer.window.end) and not self.traffic.knows_nothing:
            self._learn_excess(window, factor * self.cap)
            beyond = factor - self.traffic.expect(*bounds(window)) / self.cap
            self._wants_map = self._kept == "sample" and _WORTH_A_MAP < beyond < _MAP
        self._know(Overflow(window, times, "sample", factor))

    def _split_after_first(self, window: Window, times: Seconds) -> None:
        """All records before the last one's second came: ask for just those, then for the rest."""
        whole, rest = window.split_at(_moment(int(times[-1])))
        self._burst = find_burst(times, self._usual_rate(int(times[-1])), goes_on=True)
        self._learn_from_part(window, whole, times)
        self._ask_whole(whole, times)
        self._want(rest)

    def _split_before_last(self, window: Window, times: Seconds) -> None:
        """All records after the first one's second came: how many lie before is not known."""
        begin = int(times[0]) + 1
        rest, whole = window.split_at(_moment(begin))
        self._burst = find_burst(times, self._usual_rate(begin - 1), goes_on=False)
        self._learn_from_part(window, whole, times)
        if self._burst or self.traffic.expect(bounds(window)[0], begin) > _MUCH_UNTOLD * self.cap:
            self._ask_whole(whole, times)
            self._want(rest)
        else:
            self._know(Overflow(window, times, "last"))

    def _know(self, new: Overflow) -> None:
        """Ask for the window again, in parts; what is known of no more seconds is forgotten."""
        self._overflows = [o for o in self._overflows if o.window.end > new.window.end]
        self._overflows.append(new)
        self._want(new.window)

    def _ask_whole(self, window: Window, times: Seconds) -> None:
        first, last = np.searchsorted(times, bounds(window))
        self._whole, self._whole_count = window, int(last - first)
        self._again.appendleft(window)

    def _want(self, window: Window) -> None:
        """Want a window next, and with it what follows without a gap."""
        if self._wanted and self._wanted[0].start == window.end:
            window = Window(window.start, self._wanted.popleft().end)
        self._wanted.appendleft(window)

    def _learn_from_part(self, window: Window, whole: Window, times: Seconds) -> None:
        start, end = bounds(whole)
        self.traffic.compare(whole, times[(times >= start) & (times < end)])
        if window in self._expected:
            beyond = self._burst.records if self._burst else 0.0
            beyond += self.traffic.expect(bounds(window)[0], start)
            beyond += self.traffic.expect(end, bounds(window)[1])
            self._learn_excess(window, self.cap + beyond)

    def _note_expected(self, window: Window) -> None:
        """Keep in mind what past traffic expects of a window of which nothing else tells."""
        start, end = bounds(window)
        source, until, _ = self._source(start, end, 1.0)
        if source is self.traffic and until == end and self.traffic.knows_day_before(start):
            self._expected[window] = self.traffic.expect(start, end)

    def _learn_excess(self, window: Window, count: float) -> None:
        """Learn how a window's records compare with those expected."""
        expected = self._expected.pop(window, None)
        if expected is not None:
            self._fill.learn((count - expected) / self.cap)

    def _usual_rate(self, second: int) -> float:
        return self.traffic.expect(second, second + BIN_SECONDS) / BIN_SECONDS

    def _choose_end(self, start: int, latest: int) -> int:
        while self._overflows and (
            self._overflows[-1].told[1] <= start
            or self._overflows[-1].is_too_thin(self._fill.best * self.cap)
        ):
            self._overflows.pop()
        if self.traffic.knows_nothing and not self._overflows:
            return latest
        budget, stop = self._limits(start, latest)
        at = start
        while at < stop:
            source, until, share = self._source(at, stop, budget)
            at, left = source.reach(at, until, budget * share)
            if at < until:
                break
            budget = left / share
        if self._wants_map and not (self._overflows and at < self._overflows[-1].told[1]):
            # One truncated answer tells of many bursts: cheaper than to run into each.
            at, _ = self.traffic.reach(start, latest, _MAP * self.cap)
        return max(start + 1, at)

    def _limits(self, start: int, latest: int) -> tuple[float, int]:
        """The most records and the last second that a window from `start` on may have."""
        budget, stop = float(self.cap - 1), latest
        if self._overflows and start == bounds(self._overflows[-1].window)[0]:
            stop = min(stop, bounds(self._overflows[-1].window)[1] - 1)  # all of it was too much
            if self._overflows[-1].kept == "last":
                budget *= 1 - self._untold(start)
        return budget, stop

    def _untold(self, start: int) -> float:
        """The part of the cap to keep free; more each time that it was not enough."""
        times_failed = sum(bounds(o.window)[0] == start for o in self._overflows)
        return min(_MOST_UNTOLD, _UNTOLD * _UNTOLD_FACTOR ** (times_failed - 1))

    def _source(self, at: int, stop: int, budget: float) -> tuple[_Source, int, float]:
        """What tells most about the seconds from `at` on, up to which second, how reliably."""
        for overflow in reversed(self._overflows):
            first, last = overflow.told
            if first <= at < last:
                return overflow, min(stop, last), overflow.share(max(1.0, budget))
            if at < first:
                stop = min(stop, first)
        if self._burst is not None:
            if self._burst.start <= at < self._burst.end:
                return self._burst, min(stop, self._burst.end), _BURST_FILL
            if at < self._burst.start:
                stop = min(stop, self._burst.start)
        fill = self._fill.best
        if not self.traffic.knows_day_before(at):
            fill = min(fill, FILL_WITHOUT_PAST)
        return self.traffic, stop, fill


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
