"""Which window to ask for next: few requests, little thrown away, never a capped answer for whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from miatel.limits import MAX_RECORDS, MAX_WINDOW, ONE_SECOND
from miatel.traffic import Seconds, TrafficModel
from miatel.windows import Window, subtract_windows

FILL = 0.9
"""Part of the cap that a window aims at."""

FILL_WITHOUT_PAST = 0.75
"""The same while no day before is known, when the rate may be rising."""

_BLIND_FACTOR = 32.0
_SURPRISE_FACTOR = 2.0
_WORSE_FACTOR = 4.0


@dataclass
class _Overflow:
    """A truncated answer's sample of a window: `factor` is how many times more there may be."""

    window: Window
    times: Seconds
    factor: float


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
        self._seen_truncation = False

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
        overflow = self._overflow
        if overflow is not None and overflow.window.intersect(window):
            start, end = int(window.start.timestamp()), int(window.end.timestamp())
            sampled = int(((overflow.times >= start) & (overflow.times < end)).sum())
            if sampled:
                overflow.factor = max(1.0, len(times) / sampled)
        self.traffic.observe(window, times)

    def expect(self, window: Window, count: int) -> None:
        """An answer has come of which only the number of records is known yet."""
        if self._overflow is None:
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
        factor = _SURPRISE_FACTOR
        if self.traffic.knows_nothing:
            factor = _BLIND_FACTOR
        if self._overflow is not None and self._overflow.window.intersect(window):
            factor = self._overflow.factor * _WORSE_FACTOR
        self._overflow = _Overflow(window, np.sort(times), factor)
        self._wanted.appendleft(window)

    def _choose_end(self, start: datetime, latest: datetime) -> datetime:
        overflow = self._overflow
        if overflow is not None and not (overflow.window.start <= start < overflow.window.end):
            overflow = self._overflow = None
        if overflow is not None:
            return self._end_by_sample(overflow, start, min(latest, overflow.window.end))
        if self.traffic.knows_nothing:
            return latest
        fill = FILL if self.traffic.knows_day_before(start) else FILL_WITHOUT_PAST
        return self.traffic.predict_end(start, latest, fill * self.cap)

    def _end_by_sample(self, overflow: _Overflow, start: datetime, latest: datetime) -> datetime:
        """Where the sample, scaled, reaches the target; a new window is always shorter."""
        begin = int(start.timestamp())
        first = int(np.searchsorted(overflow.times, begin))
        last = first + int(FILL * self.cap / overflow.factor)
        end = int(latest.timestamp())
        if last < len(overflow.times):
            end = min(end, int(overflow.times[last]))
        elif start == overflow.window.start:
            end = begin + (end - begin) // 2
        return datetime.fromtimestamp(max(end, begin + 1), UTC)
