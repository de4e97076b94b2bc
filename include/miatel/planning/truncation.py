"""What a truncated answer tells about its window: some of the records of which there are more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from typing import Literal

import numpy as np

from miatel.planning.forecast import Seconds, TrafficModel, bounds, slice_counts
from miatel.windows import Window

Kept = Literal["first", "last", "sample"]
"""Which records a truncated answer holds: the earliest, the latest, or some from everywhere."""

_LEAST_SAMPLE = 100  # or a hundredth of a sample that is small because the cap is
_LEAST_FACTOR = 0.25
_LEAST_TRUSTED = 2500  # or a fortieth
_MARGIN_OF_GUESS = 0.1
_MOST_MARGIN = 0.3
_LEFT_OUT = 0.05
_CLEARLY = 20  # records that would have been there
_CLEARLY_THINNER = 1.5
_BLIND_FACTOR = 32.0
_SURPRISE_FACTOR = 1.4
_WORSE_FACTOR = 3.0
_LEAST_GUESS = 1.05


@dataclass
class Overflow:
    """The times of those records that came for a window which holds more.

    The vendor does not say which records come. Where they are the last ones, they are all that
    there are in the last part of the window, and say nothing of the rest. Where they are the first
    ones nothing has to be kept in mind: their part is asked for at once.

    Args:
        window: what was asked for.
        times: the times of the records that came, seconds since 1970, sorted, at least one.
        kept: which ones they are taken to be.
        factor: of a sample, how many records each sampled one stands for; a guess until parts are
            known.
        is_proven: that it is a sample.
    """

    window: Window
    times: Seconds
    kept: Literal["last", "sample"]
    factor: float = 1.0
    is_proven: bool = False
    _sampled: int = 0
    _counted: int = 0

    @property
    def told(self) -> tuple[int, int]:
        """The seconds that it tells of: the first, and the one after the last."""
        if self.kept == "last":
            return int(self.times[0]) + 1, bounds(self.window)[1]
        return int(self.times[0]), int(self.times[-1]) + 1

    @property
    def is_learned(self) -> bool:
        """Whether the factor is known, not guessed."""
        return self.kept != "sample" or self._sampled >= self._least_sample

    @property
    def _least_sample(self) -> float:
        return min(_LEAST_SAMPLE, len(self.times) / 100)

    def share(self, target: float) -> float:
        """The part of a target number of records up to which it can be trusted."""
        if self.kept != "sample":
            return 1.0
        if not self.is_learned:
            return 1 - _MARGIN_OF_GUESS
        spread = sqrt(1 / self._sampled + self.factor / target)
        return 1 - min(_MOST_MARGIN, 2 * spread)

    def is_too_thin(self, target: float) -> bool:
        """Whether a target number of records is too few sampled ones to trust."""
        least = min(_LEAST_TRUSTED, len(self.times) / 40)
        return self.is_learned and target / self.factor < least

    def count(self, start: int, end: int) -> int:
        """How many of its records lie from one second up to another."""
        first, last = np.searchsorted(self.times, [start, end])
        return int(last - first)

    def reach(self, start: int, stop: int, budget: float) -> tuple[int, float]:
        """How far from a second on a number of records carries, as `TrafficModel.reach`."""
        first = int(np.searchsorted(self.times, start))
        last = first + int(budget / self.factor)
        if last < len(self.times) and self.times[last] < stop:
            return max(start, int(self.times[last])), 0.0
        return stop, budget - self.count(start, stop) * self.factor

    def learn(self, part: Window, count: int) -> None:
        """A part of the window has `count` records: the factor follows from all known parts."""
        if self.kept != "sample" or part.intersect(self.window) != part:
            return
        inside = self.count(*bounds(part))
        self._sampled += inside
        self._counted += count
        is_told = self.told[0] <= bounds(part)[0] and bounds(part)[1] <= self.told[1]
        if is_told and inside >= self._least_sample and count > _CLEARLY_THINNER * inside:
            self.is_proven = True
        if self.is_learned:
            self.factor = max(_LEAST_FACTOR, self._counted / self._sampled)


def tell_kept(window: Window, times: Seconds, traffic: TrafficModel) -> Kept | None:
    """Tell which records a truncated answer holds, by the ends of its window that it leaves out.

    Args:
        window: what was asked for.
        times: of the records that came, seconds since 1970, sorted, at least one.
        traffic: what is expected there.

    Returns:
        None when it might be any.
    """
    start, end = bounds(window)
    first, last = int(times[0]), int(times[-1])
    thinner = 1.0
    if traffic.knows_nothing:
        least = _LEFT_OUT * window.seconds
        before, after = first - start > least, end - last > least
    else:
        inner = Window(_moment(first), _moment(last + 1))
        thinner = _thinner(inner, times, traffic)
        before = traffic.expect(start, first) > _CLEARLY * thinner
        after = traffic.expect(last + 1, end) > _CLEARLY * thinner
    if thinner > _CLEARLY_THINNER:
        return None if before or after else "sample"
    if before == after:
        return None
    return "first" if after else "last"


def guess_factor(
    window: Window, times: Seconds, traffic: TrafficModel, outer: Overflow | None
) -> float:
    """How many records each one of a sample may stand for, before any part is known.

    Args:
        window: what was asked for.
        times: of the records that came, seconds since 1970, sorted.
        traffic: what is expected there.
        outer: the sample by which the window was chosen, if any.
    """
    if outer and outer.kept == "sample" and window.intersect(outer.window) == window:
        if outer.is_learned:
            told = outer.factor * outer.count(*bounds(window)) / len(times)
            return max(_LEAST_GUESS, told)
        return max(_SURPRISE_FACTOR, outer.factor) * _WORSE_FACTOR
    if traffic.knows_nothing:
        return _BLIND_FACTOR
    return max(_LEAST_GUESS, _thinner(window, times, traffic))


def _thinner(window: Window, times: Seconds, traffic: TrafficModel) -> float:
    """How many times fewer records than expected came, in the middle one of some slices."""
    ratios = (traffic.expect_slices(window) + 1) / (slice_counts(window, times) + 1)
    return float(np.median(ratios))


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
