"""Small bursts: those of which an answer can hold several beside its usual traffic."""

from __future__ import annotations

from collections import deque
from math import sqrt

import numpy as np
import numpy.typing as npt

from miatel.planning.constants import (
    BURST_DEVIATIONS,
    FEWEST_BURSTS,
    MOST_IN_SMALL_BURSTS,
    WINDOWS_KEPT,
)

Numbers = npt.NDArray[np.float64]


class SmallBursts:
    """Records beyond the usual traffic, as seen in the last windows.

    A forecast from medians knows no burst: where each long window holds some, all of them would be
    too long. What they hold together is modelled as a sum of bursts that come by chance: mean and
    variance grow with the usual records beside them.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=WINDOWS_KEPT)  # usual, beyond

    def learn(self, usual: Numbers, counts: Numbers) -> None:
        """Learn from a window.

        Args:
            usual: records expected in equal parts of it, from the days before.
            counts: records found in them. Their middle ratio is today's level, no burst.
        """
        level = float(np.median((counts + 1) / (usual + 1)))
        expected = level * float(usual.sum())
        self._seen.append((expected, float(counts.sum()) - expected))

    def room(self, cap: int) -> float:
        """Records of small bursts to leave room for beside a full answer's usual ones."""
        seen = np.array([pair for pair in self._seen if pair[1] <= MOST_IN_SMALL_BURSTS * cap])
        if not len(seen):
            return 0.0
        usual, beyond = seen.T
        answers = max(1.0, float(usual.sum())) / cap
        mean, variance = float(beyond.sum()) / answers, float((beyond**2).sum()) / answers
        # For bursts of one size, the square of the mean by the variance is how many there are.
        if mean <= 0 or mean**2 < FEWEST_BURSTS * variance:
            return 0.0
        return mean + BURST_DEVIATIONS * sqrt(variance)
