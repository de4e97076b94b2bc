"""Which window to ask for next: few requests, little thrown away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np

from miatel.limits import MAX_RECORDS, MAX_WINDOW, ONE_SECOND
from miatel.overflow import Overflow
from miatel.traffic import Seconds, TrafficModel
from miatel.windows import Window, subtract_windows

MOST_FILL = 0.95
"""Part of the cap that a window aims at while predictions hold."""

LEAST_FILL = 0.6
FILL_WITHOUT_PAST = 0.8
"""The same while no day before is known, when the rate may be rising."""

_FILL_LOST = 0.93  # after an overflow that was no part of another
_FILL_GAINED = 0.01
_BLIND_FACTOR = 32.0
_SURPRISE_FACTOR = 1.4
_WORSE_FACTOR = 3.0
_ABOUT_ONE = 1.05


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
        self._fill = MOST_FILL

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
        end = self._choose_end(stretch.start, latest)
        if end < stretch.end:
            self._wanted.appendleft(Window(end, stretch.end))
        return Window(stretch.start, end)

    def put_back(self, window: Window) -> None:
        """Ask for a window again, next."""
        self._again.appendleft(window)

    def accept(self, window: Window, times: Seconds) -> None:
        """A window's answer is whole.

        Args:
            window: what was asked for.
            times: its records' times, seconds since 1970.
        """
        self._fill = min(MOST_FILL, self._fill + _FILL_GAINED)
        self.traffic.observe(window, times)

    def expect(self, window: Window, count: int) -> None:
        """An answer has come of which only the number of records is known yet."""
        for overflow in self._overflows:
            overflow.learn(window, count)
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
        overflow = Overflow(window, np.sort(times), 1.0)
        overflow.factor = self._guess_factor(overflow)
        self._overflows.append(overflow)
        self._wanted.appendleft(window)

    def _guess_factor(self, new: Overflow) -> float:
        """How many records each sampled one of a new overflow may stand for."""
        if not self._overflows:
            if not self.traffic.knows_nothing:
                self._fill = max(LEAST_FILL, self._fill * _FILL_LOST)
            if new.looks_ordered:
                return 1.0
            return _BLIND_FACTOR if self.traffic.knows_nothing else _SURPRISE_FACTOR
        outer = self._overflows[-1]
        if outer.is_learned:
            return 1.0 if outer.factor < _ABOUT_ONE else _SURPRISE_FACTOR
        return max(_SURPRISE_FACTOR, outer.factor) * _WORSE_FACTOR

    def _choose_end(self, start: datetime, latest: datetime) -> datetime:
        while self._overflows and (
            not self._overflows[-1].reaches(start.timestamp())
            or self._overflows[-1].is_too_thin(self._fill * self.cap)
        ):
            self._overflows.pop()
        if self._overflows:
            return self._end_by_sample(self._overflows[-1], start, latest)
        return self._end_by_past(start, latest)

    def _end_by_past(self, start: datetime, latest: datetime) -> datetime:
        if self.traffic.knows_nothing:
            return latest
        fill = self._fill
        if not self.traffic.knows_day_before(start):
            fill = min(fill, FILL_WITHOUT_PAST)
        return self.traffic.predict_end(start, latest, fill * self.cap)

    def _end_by_sample(self, overflow: Overflow, start: datetime, latest: datetime) -> datetime:
        """Where the sample, scaled, reaches the target; the model where it has nothing."""
        times, factor = overflow.times, overflow.factor
        begin, end = int(start.timestamp()), int(latest.timestamp())
        if begin < times[0] and not self.traffic.knows_nothing:
            return min(self._end_by_past(start, latest), _moment(int(times[0])))
        left = self._fill * (1 - overflow.margin) * self.cap / factor
        before = max(0, int(times[0]) - begin) * overflow.rate
        if before >= left:
            return _moment(min(end, max(begin + 1, begin + int(left / overflow.rate))))
        last = len(times) - overflow.count_from(begin) + int(left - before)
        if last < len(times):
            return _moment(min(end, max(begin + 1, int(times[last]))))
        after = _moment(min(end, int(times[-1]) + 1))
        if after == latest:
            return latest
        left = (left - before - overflow.count_from(begin)) * factor
        if self.traffic.knows_nothing:
            return _moment(min(end, int(after.timestamp() + left / (overflow.rate * factor))))
        return self.traffic.predict_end(after, latest, left)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
