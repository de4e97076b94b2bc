"""What past traffic tells about the next window: how many records a stretch of time will hold."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from statistics import median

import numpy as np
import numpy.typing as npt

from miatel.windows import Window

BIN_SECONDS = 900
_DAY = 86_400
_DAYS_KEPT = 8
_LEVELS = (0.2, 5.0)

Seconds = npt.NDArray[np.int64]


class TrafficModel:
    """Counts per quarter of an hour, seen so far, and how today compares with the days before.

    A stretch is predicted from the median of the same quarter hours of the last days (so that one
    day's campaign does not frighten all the following), times the level of the last answer against
    its own prediction; without days before, from the rate of the last answer.
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
        for place in range(max(first, last - _DAYS_KEPT * _DAY // BIN_SECONDS), last + 1):
            self._counts[place] += float(counts[place - first])
            self._covered[place] += min(end, (place + 1) * BIN_SECONDS) - max(
                start, place * BIN_SECONDS
            )
        self._forget_before(last - _DAYS_KEPT * _DAY // BIN_SECONDS)

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
        past = self._past_rate(place)
        if past is None:
            return self._last_rate or 0.0
        return past * self._level

    def _past_rate(self, place: int) -> float | None:
        """The usual rate of a bin by the days before; None when none of them was seen."""
        if self._covered.get(place, 0) >= BIN_SECONDS:
            return self._counts[place] / self._covered[place] / self._level
        per_day = _DAY // BIN_SECONDS
        rates = [
            self._counts[before] / self._covered[before]
            for before in (place - days * per_day for days in range(1, _DAYS_KEPT))
            if before in self._covered
        ]
        return median(rates) if rates else None

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
