"""Percentiles of seconds from counts of "within so many seconds".

The counts of days, networks and senders can be added, percentiles cannot: so any selection's
percentiles come from its added counts. Between two bounds the receipts are taken as spread evenly.
The error is less than the distance of the two bounds that a percentile lies between: 2 s up to
5 s, 5 s up to 20 s, 15 s up to a minute, 10 min between 5 and 15 min; `percentile_between` returns
them. Later than the last bound, one day, is shown as that bound: it means a day or longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

BOUNDS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600, 21600, 86400)
"""Seconds; the columns `within_<bound>s_count`."""

SUMS = ",\n        ".join(
    ["sum(receipt_count)::bigint as receipt_count"]
    + [f"sum(within_{bound}s_count)::bigint as within_{bound}s_count" for bound in BOUNDS]
)
"""For a select list: what `percentile` needs."""

LEAST_RECEIPTS = 20
"""Of fewer receipts no percentile is shown: one late message would be the p95."""


def percentile(counts: Mapping[str, Any], share: float) -> float | None:
    """The seconds within which a share of the receipts had come.

    Args:
        counts: receipt_count and the cumulative within_<bound>s_count.
        share: such as 0.95.

    Returns:
        Seconds, at most the last bound, which stands for itself or longer; None with too few
        receipts.
    """
    if (between := percentile_between(counts, share)) is None:
        return None
    low, high = between
    if high is None:
        return float(low)
    below = counts[f"within_{low}s_count"] if low else 0
    within = counts[f"within_{high}s_count"]
    part = (share * counts["receipt_count"] - below) / max(within - below, 1)
    return round(float(low + (high - low) * part), 2)


def percentile_between(counts: Mapping[str, Any], share: float) -> tuple[int, int | None] | None:
    """The two bounds between which a percentile lies for certain, in seconds.

    Returns:
        0 or one of BOUNDS, and the next, None where there is none; None with too few receipts.
    """
    total = counts["receipt_count"] or 0
    if total < LEAST_RECEIPTS:
        return None
    for low, high in pairwise((0, *BOUNDS)):
        if counts[f"within_{high}s_count"] >= share * total:
            return low, high
    return BOUNDS[-1], None


def within_rate(counts: Mapping[str, Any], bound: int) -> float | None:
    """The share of receipts that came within one of BOUNDS; None without receipts."""
    total = counts["receipt_count"] or 0
    return float(counts[f"within_{bound}s_count"] / total) if total else None
