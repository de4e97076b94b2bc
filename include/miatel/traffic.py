"""What past traffic tells about the next window: how many records a stretch of time will hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from statistics import median

import numpy as np
import numpy.typing as npt

from miatel.windows import Window

BIN_SECONDS = 900
_DAY = 86_400
_BINS_A_DAY = _DAY // BIN_SECONDS
_WEEKS_KEPT = 4
_BINS_KEPT = (7 * _WEEKS_KEPT + 1) * _BINS_A_DAY
REMEMBERED = timedelta(seconds=_BINS_KEPT * BIN_SECONDS)
"""How far back past traffic tells anything."""

_MOST_OVER_USUAL = 3.0
_LEVELS = (0.2, 5.0)

Seconds = npt.NDArray[np.int64]


class TrafficModel:
    """Counts per quarter of an hour, seen so far, and how today compares with the days before.

    A stretch is predicted from the same quarter hours of the same weekday in the last weeks, or of
    the last days while no week is known; always from a median and never more than thrice the usual
    day, so that one campaign does not frighten all that follows. That, times the level of the last
    answers against their own predictions; without days before, the rate of the last answer.
    """

    def __init__(self) -> None:
        self._counts: dict[int, float] = defaultdict(float)
        self._covered: dict[int, float] = defaultdict(float)
        self._last_rate: float | None = None
        self._level = 1.0

    @property
    def knows_nothing(self) -> bool:
        """Whether no answer has been seen yet."""
        return self._last_rate is None

    @property
    def last_rate(self) -> float:
        """Records a second in the last answer; 0 before the first."""
        return self._last_rate or 0.0

    def knows_day_before(self, moment: datetime) -> bool:
        """Whether the same quarter of an hour of one of the last days has been seen."""
        place = int(moment.timestamp()) // BIN_SECONDS
        return place in self._covered or self._past_rate(place) is not None

    def observe(self, window: Window, times: Seconds) -> None:
        """Learn from a whole answer.

        Args:
            window: what it covers.
            times: its records' times, seconds since 1970.
        """
        start, end = _bounds(window)
        expected = self._profile(start, end)
        if expected:
            # Small counts say little about the level: they pull only in proportion.
            weight = min(1.0, len(times) / 1000)
            seen = float(np.clip((len(times) + 1) / (expected + 1), *_LEVELS))
            self._level = (1 - weight) * self._level + weight * seen
        self._last_rate = len(times) / (end - start)
        first, last = start // BIN_SECONDS, (end - 1) // BIN_SECONDS
        counts = np.bincount(times // BIN_SECONDS - first, minlength=last - first + 1)
        for place in range(max(first, last - _BINS_KEPT), last + 1):
            self._counts[place] += float(counts[place - first])
            self._covered[place] += min(end, (place + 1) * BIN_SECONDS) - max(
                start, place * BIN_SECONDS
            )
        self._forget_before(last - _BINS_KEPT)

    def remember(self, window: Window, count: int) -> None:
        """Learn from a landed window of which only the number of records is known.

        Args:
            window: what it covers; windows must come in order of time.
            count: its records.
        """
        start, end = _bounds(window)
        self._last_rate = count / (end - start)
        for place in range(start // BIN_SECONDS, (end - 1) // BIN_SECONDS + 1):
            share = min(end, (place + 1) * BIN_SECONDS) - max(start, place * BIN_SECONDS)
            self._counts[place] += self._last_rate * share
            self._covered[place] += share

    def observe_count(self, window: Window, count: int) -> None:
        """Learn the rate of an answer of which only the number of records is known yet."""
        start, end = _bounds(window)
        self._last_rate = count / (end - start)

    def predict_end(self, start: datetime, latest: datetime, target: float) -> datetime:
        """The latest end up to which about `target` records are expected from `start` on.

        Returns:
            Whole seconds, after `start`, at most `latest`.
        """
        at, stop = int(start.timestamp()), int(latest.timestamp())
        left = target
        while at < stop:
            edge = min(stop, (at // BIN_SECONDS + 1) * BIN_SECONDS)
            rate = self._rate(at // BIN_SECONDS)
            if rate * (edge - at) > left:
                at += int(left / rate)
                break
            left -= rate * (edge - at)
            at = edge
        return datetime.fromtimestamp(max(at, int(start.timestamp()) + 1), UTC)

    def _rate(self, place: int) -> float:
        """Expected records a second in a bin."""
        if self._covered.get(place, 0.0) >= BIN_SECONDS:  # landed, and asked for again
            return self._counts[place] / self._covered[place]
        past = self._past_rate(place)
        if past is None:
            return self._last_rate or 0.0
        return past * self._level

    def _past_rate(self, place: int) -> float | None:
        """The usual rate of a bin by what was seen before; None when nothing was."""
        days = self._rates(place - n * _BINS_A_DAY for n in range(1, 8))
        weeks = self._rates(place - 7 * n * _BINS_A_DAY for n in range(1, _WEEKS_KEPT + 1))
        if not weeks:
            return median(days) if days else None
        return min(median(weeks), _MOST_OVER_USUAL * median(days)) if days else median(weeks)

    def _rates(self, places: Iterable[int]) -> list[float]:
        return [self._counts[p] / self._covered[p] for p in places if p in self._covered]

    def _profile(self, start: int, end: int) -> float:
        total = 0.0
        for place in range(start // BIN_SECONDS, (end - 1) // BIN_SECONDS + 1):
            rate = self._past_rate(place)
            if rate is None:
                return 0.0
            share = min(end, (place + 1) * BIN_SECONDS) - max(start, place * BIN_SECONDS)
            total += rate * share
        return total

    def _forget_before(self, oldest: int) -> None:
        for place in [p for p in self._counts if p < oldest]:
            del self._counts[place], self._covered[place]


def _bounds(window: Window) -> tuple[int, int]:
    return int(window.start.timestamp()), int(window.end.timestamp())
