"""Traffic as the planner would meet it: records in each second, from the simulator."""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from miatel import Window
from miatel.limits import MAX_RECORDS, MAX_WINDOW
from miatel_simulator import SimulatorConfig
from miatel_simulator.history.traffic import DAY_SECONDS, Traffic

_START = datetime(2025, 1, 1, tzinfo=UTC)
_FIRST = int(_START.timestamp())
_BURST_SHARE = 0.24  # of a day's records: 120,000 at 500,000 a day, the simulator's default burst
_BURST_SECONDS = 600

Seconds = npt.NDArray[np.int64]

# The simulator's, and one whose bursts grow with the traffic.
PROFILES = ("steady", "day_night", "weekly", "bursty", "bursty in proportion")


class History:
    """Counts and times of records, seconds since 1970, for some days of one of `PROFILES`."""

    def __init__(self, profile: str, per_day: int, days: int) -> None:
        bursts = {"burst_size": round(_BURST_SHARE * per_day)} if " " in profile else {}
        shape: Any = {"profile": profile.partition(" ")[0], **bursts}
        traffic = Traffic(SimulatorConfig(start=_START, messages_per_day=per_day, **shape))
        self.period = Window(_START, _START + timedelta(days=days))
        self._before = np.zeros(days * DAY_SECONDS + 1, dtype=np.int32)  # each second
        for day in range(days):
            at, upto = day * DAY_SECONDS, traffic.day(_FIRST // DAY_SECONDS + day).upto
            self._before[at : at + DAY_SECONDS + 1] = self._before[at] + upto
        self.total = int(self._before[-1])
        by_records, by_length = self.total / MAX_RECORDS, self.period.length / MAX_WINDOW
        self.least = max(ceil(by_records), ceil(by_length))  # answers that can hold it

    def count(self, window: Window) -> int:
        """Records in a window."""
        first, end = self._bounds(window)
        return int(self._before[end] - self._before[first])

    def times(self, window: Window) -> Seconds:
        """The records' times in a window, ascending."""
        first, end = self._bounds(window)
        counts = np.diff(self._before[first : end + 1])
        return np.repeat(np.arange(_FIRST + first, _FIRST + end), counts)

    def times_at(self, window: Window, positions: Seconds) -> Seconds:
        """The times of some of a window's records, by their position from 0 in order of time."""
        first, end = self._bounds(window)
        before = self._before[first : end + 1]
        return _FIRST + first + np.searchsorted(before, positions + before[0], side="right") - 1

    def bursts(self, cap: int) -> list[int]:
        """Second from the start of each stretch of ten minutes with `cap` records, none twice."""
        found: list[int] = []
        sums = self._before[_BURST_SECONDS:] - self._before[:-_BURST_SECONDS]
        for second in np.flatnonzero(sums >= cap).tolist():
            if not found or second >= found[-1] + _BURST_SECONDS:
                found.append(second)
        return found

    @staticmethod
    def _bounds(window: Window) -> tuple[int, int]:
        return int(window.start.timestamp()) - _FIRST, int(window.end.timestamp()) - _FIRST
