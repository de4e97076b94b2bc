"""Which part of the most that an answer may hold a window should aim at."""

from __future__ import annotations

from collections import deque

import numpy as np

_FILLS = np.arange(0.95, 0.595, -0.01)
_KEPT = 60  # windows
_PRICE = 2.0  # of a truncated answer, in answers: itself, and once more for what it throws away
_SUPPOSED = (0.02, 0.04, 0.07, 0.1)  # excesses, before any is known
_SUPPOSED_WEIGHT = 0.15  # each, in windows


class Fill:
    """Weighs fuller answers against more that are truncated, by how far predictions were wrong.

    The excess of a window is what it held beyond what was expected, in parts of the cap. An answer
    is truncated where the excess is more than was left free. Of some fills the one is best that
    costs least for each record, as far as the last windows tell. Campaigns that no fill would have
    let through do not make it smaller.
    """

    def __init__(self) -> None:
        self._excesses: deque[float] = deque(maxlen=_KEPT)
        self.best = self._choose()

    def learn(self, excess: float) -> None:
        """A window that was chosen by past traffic alone held so much more than expected."""
        self._excesses.append(excess)
        self.best = self._choose()

    def _choose(self) -> float:
        excesses = np.array([*_SUPPOSED, *self._excesses])
        weights = np.ones(len(excesses))
        weights[: len(_SUPPOSED)] = _SUPPOSED_WEIGHT
        is_truncated = excesses[:, None] > 1 - _FILLS
        share = weights @ is_truncated / weights.sum()
        return float(_FILLS[np.argmin((1 + _PRICE * share) / _FILLS)])
