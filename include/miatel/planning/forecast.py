"""Forecast of traffic: how many records a stretch of time is likely to hold."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from miatel.planning.constants import (
    BIN_SECONDS,
    BINS_AROUND,
    DAYS_KEPT,
    ENOUGH_SEEN,
    FEW_RECORDS,
    LEVEL_TRUSTED,
    LEVELS,
    MOST_OVER_USUAL,
    SLICES,
    WEEKS_KEPT,
)
from miatel.planning.small_bursts import Numbers, SmallBursts
from miatel.windows import Window

_BINS_A_DAY = 86_400 // BIN_SECONDS
_BINS_KEPT = (7 * WEEKS_KEPT + 1) * _BINS_A_DAY
REMEMBERED = timedelta(seconds=_BINS_KEPT * BIN_SECONDS)
"""How far back past traffic predicts anything."""

_DAYS_BACK = _BINS_A_DAY * np.arange(1, DAYS_KEPT + 1)
_WEEKS_BACK = 7 * _BINS_A_DAY * np.arange(1, WEEKS_KEPT + 1)

Seconds = npt.NDArray[np.int64]


class TrafficModel:
    """Counts per quarter of an hour, seen so far, and how today compares with the days before.

    A stretch is predicted from the same quarter hours of the same weekday in the last weeks, or of
    the last days while no week is known; always from a median and never more than three times the
    usual day, so that one burst does not raise the forecast of all that follows. That, times the
    level of the last answers against their own predictions; without days before, the rate of the
    last answer.

    All times are seconds since 1970.
    """

    def __init__(self) -> None:
        self._first = 0  # the bin, counted since 1970, at index 0 of the two arrays
        self._counts: Numbers = np.zeros(0)
        self._covered: Numbers = np.zeros(0)
        self._last_rate: float | None = None
        self._level = 1.0
        self.small_bursts = SmallBursts()

    @property
    def knows_nothing(self) -> bool:
        """Whether no answer has been seen yet."""
        return self._last_rate is None

    def knows_day_before(self, second: int) -> bool:
        """Whether the same quarter of an hour of one of the last days has been seen."""
        at = second // BIN_SECONDS
        own = self._rates_at(np.array([at]))
        return not np.isnan([own[0], self._past_rates(at, at + 1)[0]]).all()

    def observe(self, window: Window, times: Seconds) -> None:
        """Learn from a complete answer: its window, and its records' times."""
        self.compare(window, times)
        self.remember_times(window, times)
        oldest = _bins(*window.unix_bounds)[1] - 1 - _BINS_KEPT
        if oldest > self._first:
            self._counts = self._counts[oldest - self._first :]
            self._covered = self._covered[oldest - self._first :]
            self._first = oldest

    def remember(self, window: Window, count: int) -> None:
        """Learn from a landed window of which only the number of records is known."""
        self.observe_count(window, count)
        shares = _seconds_in_bins(*window.unix_bounds)
        self._add(_bins(*window.unix_bounds)[0], shares * count / window.seconds, shares)

    def remember_times(self, window: Window, times: Seconds) -> None:
        """Learn from the times of a landed window's records, seconds since 1970."""
        self.observe_count(window, len(times))
        usual = self._in_slices(window, self._past_rates(*_bins(*window.unix_bounds)))
        if not np.isnan(usual).any():
            self.small_bursts.learn(usual, slice_counts(window, times))
        first, _ = _bins(*window.unix_bounds)
        shares = _seconds_in_bins(*window.unix_bounds)
        counts = np.bincount(times // BIN_SECONDS - first, minlength=len(shares))
        self._add(first, counts.astype(np.float64), shares)

    def observe_count(self, window: Window, count: int) -> None:
        """Learn the rate of an answer of which only the number of records is known yet."""
        self._last_rate = count / window.seconds

    def compare(self, window: Window, times: Seconds) -> float:
        """Learn the present rate and level from the times of all records of a window.

        Returns:
            How many times as many records as usual the middle one of some slices of the window
            has: a burst does not raise it. 1 where no day before is known.
        """
        self._last_rate = len(times) / window.seconds
        usual = self._in_slices(window, self._past_rates(*_bins(*window.unix_bounds)))
        if np.isnan(usual).any():
            return 1.0
        ratio = float(np.median((slice_counts(window, times) + 1) / (usual + 1)))
        # A burst fills a window that has little else: it says nothing of the level.
        weight = min(1.0, LEVEL_TRUSTED * float(usual.sum()) / max(len(times), FEW_RECORDS)) ** 2
        self._level = (1 - weight) * self._level + weight * float(np.clip(ratio, *LEVELS))
        return ratio

    def expect_slices(self, window: Window) -> Numbers:
        """Expected records in each of the slices that `slice_counts` counts in."""
        return self._in_slices(window, self._rates(*_bins(*window.unix_bounds)))

    def expect(self, start: int, end: int) -> float:
        """Expected records from one second up to another."""
        if end <= start:
            return 0.0
        return float((self._rates(*_bins(start, end)) * _seconds_in_bins(start, end)).sum())

    def reach(self, start: int, stop: int, budget: float) -> tuple[int, float]:
        """How far from a second on an expected number of records carries.

        Args:
            start: first second.
            stop: the second to stop before, later than `start`.
            budget: records to spend.

        Returns:
            The second reached, `start` to `stop`, and what is left of the budget.
        """
        at, ahead = start, 4
        while at < stop:
            until = min(stop, (at // BIN_SECONDS + ahead) * BIN_SECONDS)
            ahead = min(2 * ahead, _BINS_A_DAY)
            rates = self._rates(*_bins(at, until))
            spent = np.cumsum(rates * _seconds_in_bins(at, until))
            if spent[-1] > budget:
                index = int(np.searchsorted(spent, budget, side="right"))
                before = float(spent[index - 1]) if index else 0.0
                edge = max(at, (at // BIN_SECONDS + index) * BIN_SECONDS)
                return edge + int((budget - before) / rates[index]), 0.0
            budget -= float(spent[-1])
            at = until
        return stop, budget

    def _add(self, first: int, counts: Numbers, covered: Numbers) -> None:
        if not len(self._counts):
            self._first = first
        before = max(0, self._first - first)
        after = max(0, first + len(counts) - self._first - len(self._counts))
        self._counts = np.pad(self._counts, (before, after))
        self._covered = np.pad(self._covered, (before, after))
        self._first -= before
        added = slice(first - self._first, first - self._first + len(counts))
        self._counts[added] += counts
        self._covered[added] += covered

    def _rates(self, first: int, last: int) -> Numbers:
        """Expected records a second in the bins from `first` up to `last`."""
        past = self._past_rates(first, last) * self._level
        expected = np.where(np.isnan(past), self._present_rate(), past)
        own = self._rates_at(np.arange(first, last), BIN_SECONDS)  # landed, and asked for again
        return np.where(np.isnan(own), expected, own)

    def _present_rate(self) -> float:
        """The rate where no day before is known: that of the last answer, unless a burst's."""
        rate = self._last_rate or 0.0
        seen = self._covered > 0
        if np.count_nonzero(seen) < _BINS_A_DAY:
            return rate
        return min(
            rate, MOST_OVER_USUAL * float(np.median(self._counts[seen] / self._covered[seen]))
        )

    def _past_rates(self, first: int, last: int) -> Numbers:
        """The usual rates of bins by what was seen before; nan where nothing was."""
        bins = np.arange(first - BINS_AROUND, last + BINS_AROUND)[:, None]
        days = self._rates_at(bins - _DAYS_BACK)
        weeks = self._rates_at(bins - _WEEKS_BACK)
        by_day, by_week = _medians(days), _medians(weeks)
        usual = np.where(np.isnan(by_week), by_day, np.fmin(by_week, MOST_OVER_USUAL * by_day))
        around = _medians(sliding_window_view(usual, 2 * BINS_AROUND + 1))
        usual = usual[BINS_AROUND:-BINS_AROUND]
        seen = (~np.isnan(np.hstack([days, weeks]))).sum(axis=1)[BINS_AROUND:-BINS_AROUND]
        is_sure = seen >= ENOUGH_SEEN
        return np.where(is_sure, usual, np.fmin(usual, MOST_OVER_USUAL * around))

    def _rates_at(self, bins: Seconds, least_covered: int = 1) -> Numbers:
        """Records a second in bins as seen; nan where fewer seconds than that were covered."""
        rates = np.full(bins.shape, np.nan)
        index = bins - self._first
        inside = (index >= 0) & (index < len(self._counts))
        covered = self._covered[index[inside]]
        with np.errstate(invalid="ignore", divide="ignore"):
            seen = self._counts[index[inside]] / covered
        rates[inside] = np.where(covered >= least_covered, seen, np.nan)
        return rates

    @staticmethod
    def _in_slices(window: Window, rates: Numbers) -> Numbers:
        start, end = window.unix_bounds
        first, last = _bins(start, end)
        edges = np.clip(np.arange(first, last + 1) * BIN_SECONDS, start, end)
        upto = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
        return np.diff(np.interp(_slice_edges(window), edges, upto))


def slice_counts(window: Window, times: Seconds) -> Numbers:
    """How many of some times lie in each of 16 slices of a window, all equally long."""
    bins = (times - window.unix_bounds[0]) * SLICES // window.seconds
    return np.bincount(bins, minlength=SLICES).astype(np.float64)


def _slice_edges(window: Window) -> Numbers:
    return np.linspace(*window.unix_bounds, SLICES + 1)


def _bins(start: int, end: int) -> tuple[int, int]:
    """The bins that some seconds touch: the first, and the one after the last."""
    return start // BIN_SECONDS, (end - 1) // BIN_SECONDS + 1


def _seconds_in_bins(start: int, end: int) -> Numbers:
    first, last = _bins(start, end)
    edges = np.clip(np.arange(first, last + 1) * BIN_SECONDS, start, end)
    return np.diff(edges).astype(np.float64)


def _medians(rates: Numbers) -> Numbers:
    """The median of each row without its nans; nan where there is nothing else."""
    ordered = np.sort(rates, axis=1)  # nans come last
    count = np.maximum(1, (~np.isnan(ordered)).sum(axis=1))
    rows = np.arange(len(ordered))
    middle: Numbers = (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2]) / 2
    return middle
