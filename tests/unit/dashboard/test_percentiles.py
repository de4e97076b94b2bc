"""Percentiles from counts of "within so many seconds" against those of the seconds themselves."""

import numpy as np
import pytest

from miatel_dashboard.percentiles import BOUNDS, percentile, percentile_between, within_rate


def counts_of(seconds):
    return {
        "receipt_count": len(seconds),
        **{f"within_{bound}s_count": int(np.sum(seconds <= bound)) for bound in BOUNDS},
    }


def step_around(seconds):
    """The distance of the two bounds between which these seconds lie."""
    edges = [0, *BOUNDS]
    at = next(at for at, bound in enumerate(BOUNDS) if seconds <= bound)
    return edges[at + 1] - edges[at]


@pytest.mark.parametrize("middle", [2, 8, 40, 500])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.95, 0.99])
def test_the_error_is_less_than_the_distance_of_the_bounds_around(middle, share):
    seconds = np.random.default_rng(7).lognormal(np.log(middle), 0.9, 20_000)
    exact = float(np.quantile(seconds, share))
    assert abs(percentile(counts_of(seconds), share) - exact) < step_around(exact)


def test_counts_of_parts_give_the_percentile_of_the_whole():
    random = np.random.default_rng(1)
    parts = [random.lognormal(np.log(middle), 0.5, 5000) for middle in (3, 30)]
    counts = [counts_of(part) for part in parts]
    added = {name: counts[0][name] + counts[1][name] for name in counts[0]}
    assert added == counts_of(np.concatenate(parts))


def test_few_receipts_have_no_percentile():
    assert percentile(counts_of(np.full(19, 3.0)), 0.95) is None
    assert percentile(counts_of(np.full(20, 3.0)), 0.95) is not None


def test_later_than_the_last_bound_is_that_bound():
    seconds = np.concatenate([np.full(90, 3.0), np.full(10, 100_000.0)])
    assert percentile(counts_of(seconds), 0.95) == BOUNDS[-1]
    assert percentile(counts_of(seconds), 0.85) == pytest.approx(3, abs=1)
    assert within_rate(counts_of(seconds), 5) == 0.9


def test_nothing_has_neither_percentile_nor_rate():
    nothing = {"receipt_count": None}
    assert percentile(nothing, 0.5) is None
    assert within_rate(nothing, 5) is None


@pytest.mark.parametrize("middle", [1, 8, 40, 500, 20_000])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_the_bounds_told_beside_a_percentile_hold_the_exact_one(middle, share):
    seconds = np.random.default_rng(7).lognormal(np.log(middle), 0.9, 20_000)
    exact = float(np.quantile(seconds, share))
    low, high = percentile_between(counts_of(seconds), share)
    assert low <= exact
    assert high is None or exact <= high
    assert low <= percentile(counts_of(seconds), share) <= (high or low)


def test_few_receipts_lie_between_nothing():
    assert percentile_between(counts_of(np.full(19, 3.0)), 0.95) is None
    assert percentile_between({"receipt_count": None}, 0.95) is None
