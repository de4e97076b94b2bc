"""When records happen: how many in each second of a day, for any day, without storing history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.hashing import Int64s

DAY_SECONDS = 86_400
CACHED_DAYS = 40
_PEAK_HOUR = 13
_WEEKEND_SHARE = 0.55
_BURST_SECONDS = (60, 600)


@dataclass(frozen=True)
class DayTraffic:
    """The records of one GMT day, as slots 0, 1, 2… in order of time.

    Args:
        day: Days since 1970-01-01.
        upto: ``upto[s]`` records come before second ``s``; 86,401 numbers.
    """

    day: int
    upto: Int64s

    @property
    def total(self) -> int:
        """Number of records of the day."""
        return int(self.upto[-1])

    def seconds_of(self, slots: Int64s) -> Int64s:
        """Give the second of the day in which each slot stands."""
        seconds: Int64s = np.searchsorted(self.upto, slots, side="right") - 1
        return seconds


class Traffic:
    """The whole history's rhythm: any day's traffic on demand, the last few days remembered."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._config = config
        self._start = ceil(config.start.timestamp())
        self._end = None if config.end is None else ceil(config.end.timestamp())
        self._counts_by_day = _split_counts(config)
        self.day = lru_cache(maxsize=CACHED_DAYS)(self._make_day)

    def _make_day(self, day: int) -> DayTraffic:
        """Give one day's traffic (``day`` in days since 1970-01-01)."""
        counts = self._explicit(day) if self._counts_by_day is not None else self._profiled(day)
        for burst in self._config.bursts:
            begin = int(burst.start.timestamp()) - day * DAY_SECONDS
            _add_evenly(counts, begin, burst.seconds, burst.messages)
        first = self._start - day * DAY_SECONDS
        counts[: min(max(first, 0), DAY_SECONDS)] = 0
        if self._end is not None:
            counts[max(self._end - day * DAY_SECONDS, 0) :] = 0
        upto = np.zeros(DAY_SECONDS + 1, dtype=np.int64)
        np.cumsum(counts, out=upto[1:])
        return DayTraffic(day, upto)

    def _explicit(self, day: int) -> Int64s:
        counts = np.zeros(DAY_SECONDS, dtype=np.int64)
        for second, count in (self._counts_by_day or {}).get(day, {}).items():
            counts[second] = count
        return counts

    def _profiled(self, day: int) -> Int64s:
        config = self._config
        if config.profile == "steady":
            edges = np.arange(DAY_SECONDS + 1, dtype=np.int64) * config.messages_per_day
            return np.diff(edges // DAY_SECONDS)
        rng = np.random.default_rng([config.seed, day])
        mean = config.messages_per_day / DAY_SECONDS
        if config.profile != "day_night":
            weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
            quiet = 7 * _WEEKEND_SHARE / (5 + 2 * _WEEKEND_SHARE)
            mean *= quiet if weekday >= 5 else quiet / _WEEKEND_SHARE
        hours = np.arange(DAY_SECONDS) / 3600
        rate = mean * (1 + 0.85 * np.cos((hours - _PEAK_HOUR) * 2 * np.pi / 24))
        counts = rng.poisson(rate).astype(np.int64)
        if config.profile == "bursty":
            for _ in range(rng.poisson(config.bursts_per_week / 7)):
                self._add_burst(counts, rng)
        return counts

    def _add_burst(self, counts: Int64s, rng: np.random.Generator) -> None:
        size = int(self._config.burst_size * 2 ** rng.uniform(-1, 1))
        seconds = int(rng.integers(*_BURST_SECONDS))
        begin = int(rng.integers(8 * 3600, 20 * 3600))
        shape = np.linspace(1.5, 0.5, seconds)  # a burst starts with a full queue
        counts[begin : begin + seconds] += rng.multinomial(size, shape / shape.sum())


def _split_counts(config: SimulatorConfig) -> dict[int, dict[int, int]] | None:
    if config.counts is None:
        return None
    by_day: dict[int, dict[int, int]] = defaultdict(dict)
    for moment, count in config.counts.items():
        day, second = divmod(int(moment.timestamp()), DAY_SECONDS)
        by_day[day][second] = count
    return by_day


def _add_evenly(counts: Int64s, begin: int, seconds: int, messages: int) -> None:
    """Add a burst that begins ``begin`` seconds into this day, as far as it falls into it."""
    first, last = max(begin, 0), min(begin + seconds, len(counts))
    if first < last:
        edges = np.arange(first - begin, last - begin + 1, dtype=np.int64) * messages // seconds
        counts[first:last] += np.diff(edges)
