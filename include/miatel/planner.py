"""Which window to ask for next: few requests, little thrown away."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from miatel.limits import MAX_RECORDS, MAX_WINDOW, ONE_SECOND
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
_WORSE_FACTOR = 1.5
_LEAST_FACTOR = 0.25
_LEAST_SAMPLE = 100.0


@dataclass
class _Overflow:
    """A truncated answer's sample of a window: `factor` is how many times more there may be."""

    window: Window
    times: Seconds
    factor: float

    @property
    def rate(self) -> float:
        """Sampled records a second where there are any."""
        return len(self.times) / (int(self.times[-1]) - int(self.times[0]) + 1)

    def learn(self, part: Window, count: int) -> None:
        """A part of the window has `count` records: the factor follows."""
        start, end = int(part.start.timestamp()), int(part.end.timestamp())
        sampled = float(((self.times >= start) & (self.times < end)).sum())
        sampled += max(0, min(end, int(self.times[0])) - start) * self.rate
        if sampled >= _LEAST_SAMPLE:
            self.factor = max(_LEAST_FACTOR, count / sampled)


class WindowPlanner:
    """Walks forward through what is wanted.

    Args:
        wanted: the seconds to cover; adaptive windows are cut from them.
        cap: most records in one answer; an answer of as many is truncated.
        traffic: what is known of past traffic.
        fixed: windows to ask for as they are, before all else (their size is known).
    """

    def __init__(
        self,
        wanted: Iterable[Window],
        *,
        cap: int = MAX_RECORDS,
        traffic: TrafficModel | None = None,
        fixed: Iterable[Window] = (),
    ) -> None:
        self.cap = cap
        self.traffic = traffic or TrafficModel()
        self.too_dense: list[Window] = []
        self._fixed = deque(fixed)
        self._wanted = deque(subtract_windows(wanted, ()))
        self._overflow: _Overflow | None = None
        self._fill = MOST_FILL

    @property
    def left(self) -> list[Window]:
        """What is still to be asked for, in no order."""
        return [*self._fixed, *self._wanted]

    def take_next(self) -> Window | None:
        """The next window to ask for, at most 31 days; None when all is asked for."""
        if self._fixed:
            return self._fixed.popleft()
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
        self._fixed.appendleft(window)

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
        if self._overflow is not None and self._overflow.window.intersect(window):
            self._overflow.learn(window, count)
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
        outer = self._overflow
        if outer is not None and outer.window.intersect(window):
            factor = max(_SURPRISE_FACTOR, outer.factor) * _WORSE_FACTOR
        elif self.traffic.knows_nothing:
            factor = _BLIND_FACTOR
        else:
            factor = _SURPRISE_FACTOR
            self._fill = max(LEAST_FILL, self._fill * _FILL_LOST)
        self._overflow = _Overflow(window, np.sort(times), factor)
        self._wanted.appendleft(window)

    def _choose_end(self, start: datetime, latest: datetime) -> datetime:
        overflow = self._overflow
        if overflow is not None and start.timestamp() <= overflow.times[-1]:
            return self._end_by_sample(overflow, start, latest)
        self._overflow = None
        if self.traffic.knows_nothing:
            return latest
        fill = self._fill
        if not self.traffic.knows_day_before(start):
            fill = min(fill, FILL_WITHOUT_PAST)
        return self.traffic.predict_end(start, latest, fill * self.cap)

    def _end_by_sample(self, overflow: _Overflow, start: datetime, latest: datetime) -> datetime:
        """Where the sample, scaled, reaches the target.

        The order of the records is not known: the sample may stand for all of the window, or only
        for its first or last part. Where it has nothing, the rate within it is taken.
        """
        times, factor = overflow.times, overflow.factor
        begin, end = int(start.timestamp()), int(latest.timestamp())
        left = self._fill * self.cap / factor
        rate = overflow.rate
        before = max(0, int(times[0]) - begin) * rate
        if before >= left:
            return _moment(max(begin + 1, begin + int(left / rate)))
        first = int(np.searchsorted(times, begin))
        last = first + int(left - before)
        if last < len(times):
            return _moment(min(end, max(begin + 1, int(times[last]))))
        after = _moment(min(end, int(times[-1]) + 1))
        left = (left - before - (len(times) - first)) * factor
        if after == latest:
            return latest
        if self.traffic.knows_nothing:
            return _moment(min(end, int(after.timestamp() + left / (rate * factor))))
        return self.traffic.predict_end(after, latest, left)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
