"""Traffic as the planner would meet it: records in each second, from the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from miatel.windows import Window
from miatel_simulator import SimulatorConfig
from miatel_simulator.history.traffic import DAY_SECONDS, Traffic

START = datetime(2025, 1, 1, tzinfo=UTC)
_FIRST_DAY = int(START.timestamp()) // DAY_SECONDS

Seconds = npt.NDArray[np.int64]

PROFILES = {
    "steady": "the same number every second",
    "day_night": "thirteen times as many at 13:00 GMT as at 01:00",
    "weekly": "the same, with half as many on weekends",
    "bursty": "weekly, and about once a week a campaign of 60,000 to 240,000 records within 1 to "
    "10 minutes, however little there is else: the simulator's own defaults",
    "bursty in proportion": "the same, but a campaign has an eighth to half a day's records",
}
"""Profile → what it is like."""

_BURST_SHARE = 0.24  # of a day's records: 120,000 at 500,000 a day, the simulator's default burst
_BURST_SECONDS = 600


class History:
    """Counts and times of records, seconds since 1970, for whole days from `START`."""

    def __init__(self, profile: str, per_day: int, days: int) -> None:
        config = SimulatorConfig(
            start=START,
            messages_per_day=per_day,
            profile=profile.partition(" ")[0],  # type: ignore[arg-type]
        )
        if profile == "bursty in proportion":
            config = replace(config, burst_size=round(_BURST_SHARE * per_day))
        traffic = Traffic(config)
        self.period = Window(START, START + timedelta(days=days))
        self._upto = [traffic.day(_FIRST_DAY + n).upto.astype(np.int32) for n in range(days)]
        self._before = np.cumsum([0, *(upto[-1] for upto in self._upto)], dtype=np.int64)

    @property
    def days(self) -> int:
        """Whole days."""
        return len(self._upto)

    @property
    def total(self) -> int:
        """All records."""
        return int(self._before[-1])

    def count(self, window: Window) -> int:
        """Records in a window."""
        return self._count_before(window.end) - self._count_before(window.start)

    def times(self, window: Window) -> Seconds:
        """The records' times in a window, ascending."""
        parts = []
        for day in range(self._day(window.start), self._day(window.end - timedelta(seconds=1)) + 1):
            midnight = START + timedelta(days=day)
            first = max(0, int((window.start - midnight).total_seconds()))
            last = min(DAY_SECONDS, int((window.end - midnight).total_seconds()))
            counts = np.diff(self._upto[day][first : last + 1])
            parts.append(np.repeat(int(midnight.timestamp()) + np.arange(first, last), counts))
        return np.concatenate(parts)

    def times_at(self, window: Window, positions: Seconds) -> Seconds:
        """The times of some of a window's records, by their place in order of time.

        Args:
            window: which records are counted.
            positions: from 0, ascending.
        """
        places = positions + self._count_before(window.start)
        days = np.searchsorted(self._before, places, side="right") - 1
        times = np.empty(len(places), dtype=np.int64)
        for day in np.unique(days):
            chosen = days == day
            within = places[chosen] - self._before[day]
            midnight = int(START.timestamp()) + int(day) * DAY_SECONDS
            times[chosen] = midnight + np.searchsorted(self._upto[day], within, side="right") - 1
        return times

    def dense_stretches(self, cap: int) -> list[int]:
        """Where disjoint stretches of ten minutes with `cap` records or more begin.

        Returns:
            Seconds since `START`, ascending.
        """
        found: list[int] = []
        free_from = 0
        for day, upto in enumerate(self._upto):
            sums = upto[_BURST_SECONDS:] - upto[:-_BURST_SECONDS]
            for second in np.flatnonzero(sums >= cap) + day * DAY_SECONDS:
                if second >= free_from:
                    found.append(int(second))
                    free_from = second + _BURST_SECONDS
        return found

    def _count_before(self, moment: datetime) -> int:
        day = self._day(moment)
        if day == len(self._upto):
            return self.total
        second = int((moment - START).total_seconds()) - day * DAY_SECONDS
        return int(self._before[day] + self._upto[day][second])

    @staticmethod
    def _day(moment: datetime) -> int:
        return (moment - START).days
