"""Samples: truncated answers that hold some records from everywhere in their window.

Assumed: the records of such an answer are drawn evenly from the window, so that each one stands for
the same number of records throughout. That number, the factor, follows from the parts of the window
that are counted later. Where the assumption is wrong - an answer that holds all records of one node
and a part of the next one's - windows come out too long or too short: that costs requests, and no
record, since an answer at the cap is never landed.

An answer that holds the first or the last records of its window needs none of this: the part that
it holds completely is asked for at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from miatel.planning.constants import (
    BLIND_FACTOR,
    CLEARLY_LEFT_OUT,
    CLEARLY_THINNER,
    LEAST_FACTOR,
    LEAST_GUESS,
    LEAST_SAMPLE,
    LEAST_SAMPLE_PART,
    LEAST_TRUSTED,
    LEAST_TRUSTED_PART,
    LEFT_OUT,
    MARGIN_DEVIATIONS,
    MARGIN_OF_GUESS,
    MOST_MARGIN,
    SURPRISE_FACTOR,
    WORSE_FACTOR,
)
from miatel.planning.forecast import Seconds, TrafficModel, slice_counts
from miatel.unix_time import from_unix
from miatel.windows import Window

Held = Literal["first", "last", "sample"]
"""Which records a truncated answer holds: the earliest, the latest, or some from everywhere."""


@dataclass
class Sample:
    """The times of some records of a window, drawn from all of it.

    Args:
        window: what was asked for.
        times: the times of the records that came, seconds since 1970, sorted, at least one.
        factor: how many records each sampled one stands for; a guess until parts are known.
        is_proven: that it is a sample.
    """

    window: Window
    times: Seconds
    factor: float = 1.0
    is_proven: bool = False
    _sampled: int = 0
    _counted: int = 0

    @property
    def span(self) -> tuple[int, int]:
        """The seconds that it covers: the first, and the one after the last."""
        return int(self.times[0]), int(self.times[-1]) + 1

    @property
    def is_learned(self) -> bool:
        """Whether the factor is known, not guessed."""
        return self._sampled >= self._least_sample

    @property
    def _least_sample(self) -> float:
        return min(LEAST_SAMPLE, len(self.times) * LEAST_SAMPLE_PART)

    def share(self, target: float) -> float:
        """The part of a target number of records up to which it can be trusted."""
        if not self.is_learned:
            return 1 - MARGIN_OF_GUESS
        spread = sqrt(1 / self._sampled + self.factor / target)
        return 1 - min(MOST_MARGIN, MARGIN_DEVIATIONS * spread)

    def is_too_thin(self, target: float) -> bool:
        """Whether a target number of records is too few sampled ones to trust."""
        least = min(LEAST_TRUSTED, len(self.times) * LEAST_TRUSTED_PART)
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
        if part.intersect(self.window) != part:
            return
        inside = self.count(*part.unix_bounds)
        self._sampled += inside
        self._counted += count
        is_covered = self.span[0] <= part.unix_bounds[0] and part.unix_bounds[1] <= self.span[1]
        if is_covered and inside >= self._least_sample and count > CLEARLY_THINNER * inside:
            self.is_proven = True
        if self.is_learned:
            self.factor = max(LEAST_FACTOR, self._counted / self._sampled)


def infer_held(window: Window, times: Seconds, traffic: TrafficModel) -> Held | None:
    """Infer which records a truncated answer holds, by the ends of its window that it leaves out.

    Args:
        window: what was asked for.
        times: of the records that came, seconds since 1970, sorted, at least one.
        traffic: what is expected there.

    Returns:
        None when it might be any.
    """
    start, end = window.unix_bounds
    first, last = int(times[0]), int(times[-1])
    thinner = 1.0
    if traffic.knows_nothing:
        least = LEFT_OUT * window.seconds
        before, after = first - start > least, end - last > least
    else:
        inner = Window(from_unix(first), from_unix(last + 1))
        thinner = _thinner(inner, times, traffic)
        before = traffic.expect(start, first) > CLEARLY_LEFT_OUT * thinner
        after = traffic.expect(last + 1, end) > CLEARLY_LEFT_OUT * thinner
    if thinner > CLEARLY_THINNER:
        return None if before or after else "sample"
    if before == after:
        return None
    return "first" if after else "last"


def guess_factor(
    window: Window, times: Seconds, traffic: TrafficModel, outer: Sample | None
) -> float:
    """How many records each one of a sample may stand for, before any part is known.

    Args:
        window: what was asked for.
        times: of the records that came, seconds since 1970, sorted.
        traffic: what is expected there.
        outer: the sample by which the window was chosen, if any.
    """
    if outer and window.intersect(outer.window) == window:
        if outer.is_learned:
            inferred = outer.factor * outer.count(*window.unix_bounds) / len(times)
            return max(LEAST_GUESS, inferred)
        return max(SURPRISE_FACTOR, outer.factor) * WORSE_FACTOR
    if traffic.knows_nothing:
        return BLIND_FACTOR
    return max(LEAST_GUESS, _thinner(window, times, traffic))


def _thinner(window: Window, times: Seconds, traffic: TrafficModel) -> float:
    """How many times fewer records than expected came, in the middle one of some slices."""
    ratios = (traffic.expect_slices(window) + 1) / (slice_counts(window, times) + 1)
    return float(np.median(ratios))
