"""What a truncated answer tells about its window: a sample, of which the scale is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from miatel.traffic import Seconds
from miatel.windows import Window

_LEAST_SAMPLE = 100  # or a hundredth of a sample that is small because the cap is
_LEAST_FACTOR = 0.25
_LEAST_TRUSTED = 2500  # or a fortieth
_LEFT_OUT = 0.05


@dataclass
class Overflow:
    """The times of those records that came for a window which holds more.

    The vendor does not say which records come. The sample may stand for all of the window, at one
    scale, or it may be whole for the window's first or last part and say nothing of the rest.

    Args:
        window: what was asked for.
        times: the times of the records that came, seconds since 1970, sorted, at least one.
        factor: how many records each sampled one stands for; a guess until parts are known.
    """

    window: Window
    times: Seconds
    factor: float
    _sampled: float = 0.0
    _counted: int = 0

    @property
    def looks_ordered(self) -> bool:
        """Whether the sample leaves out one end of the window: then it is whole in between."""
        left_out = (
            int(self.times[0]) - int(self.window.start.timestamp()),
            int(self.window.end.timestamp()) - int(self.times[-1]),
        )
        return max(left_out) > _LEFT_OUT * self.window.seconds

    @property
    def is_learned(self) -> bool:
        """Whether the factor comes from counted parts."""
        return self._sampled >= min(_LEAST_SAMPLE, len(self.times) / 100)

    @property
    def margin(self) -> float:
        """Part of a target that stays free because the factor is known from a small part only."""
        return min(0.3, 2 / sqrt(self._sampled)) if self.is_learned else 0.0

    def is_too_thin(self, target: float) -> bool:
        """Whether a target number of records is too few sampled ones to trust."""
        least = min(_LEAST_TRUSTED, len(self.times) / 40)
        return self.is_learned and target / self.factor < least

    @property
    def rate(self) -> float:
        """Sampled records a second where there are any."""
        return len(self.times) / (int(self.times[-1]) - int(self.times[0]) + 1)

    def reaches(self, second: float) -> bool:
        """Whether the sample has anything from a second on."""
        return bool(second <= self.times[-1])

    def count_from(self, second: int) -> int:
        """How many sampled records lie at or after a second."""
        return len(self.times) - int(np.searchsorted(self.times, second))

    def learn(self, part: Window, count: int) -> None:
        """A part of the window has `count` records: the factor follows from all known parts."""
        start, end = int(part.start.timestamp()), int(part.end.timestamp())
        inside = int(((self.times >= start) & (self.times < end)).sum())
        self._sampled += inside + max(0, min(end, int(self.times[0])) - start) * self.rate
        self._counted += count
        if self.is_learned:
            self.factor = max(_LEAST_FACTOR, self._counted / self._sampled)
