"""Traffic far above the usual that was still going on where a truncated answer's records end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miatel.planning.forecast import Seconds

_OVER_USUAL = 4.0
_GROUPS = 64
_LEAST_GROUP = 10


@dataclass(frozen=True)
class Burst:
    """Records expected at one rate.

    Args:
        start: first second, since 1970.
        end: the second after the last.
        rate: records a second, above 0.
    """

    start: int
    end: int
    rate: float

    @property
    def records(self) -> float:
        """How many there are in all."""
        return self.rate * (self.end - self.start)

    def reach(self, start: int, stop: int, budget: float) -> tuple[int, float]:
        """How far from a second on a number of records carries, as `TrafficModel.reach`."""
        spent = self.rate * (stop - start)
        if spent > budget:
            return start + int(budget / self.rate), 0.0
        return stop, budget - spent


def find_burst(times: Seconds, usual_rate: float, *, goes_on: bool) -> Burst | None:
    """Whether the records at one end are much denser than usual, and then what lies beyond it.

    How long a burst lasts cannot be foreseen. It is taken to last beyond what is known for as long
    as it does within it.

    Args:
        times: of records that came, seconds since 1970, sorted, at least one.
        usual_rate: records a second expected there.
        goes_on: look beyond the last record, else before the first.

    Returns:
        The stretch beyond; None when the end is not dense.
    """
    away = times[-1] - times[::-1] if goes_on else times - times[0]
    group = max(_LEAST_GROUP, len(away) // _GROUPS)
    marks = away[::group]
    rates = group / np.maximum(1, np.diff(marks))
    is_dense = np.append(rates > _OVER_USUAL * usual_rate, False)
    dense = int(np.argmin(is_dense))
    if not dense:
        return None
    length = max(1, int(marks[dense]))
    rate = dense * group / length
    if goes_on:
        return Burst(int(times[-1]), int(times[-1]) + length, rate)
    return Burst(int(times[0]) + 1 - length, int(times[0]) + 1, rate)
