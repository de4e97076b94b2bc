"""Percentiles of seconds from counts of "within so many seconds".

The counts of days, networks and senders can be added, percentiles cannot: so any selection's
percentiles come from its added counts. Between two bounds the receipts are taken as spread evenly.
The error is less than the distance of the two bounds that a percentile lies between: 1 s up to
3 s, 5 s up to 20 s, 15 s up to a minute. Later than the last bound, one day, is told as that
bound: it means a day or longer.
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
"""Of fewer receipts no percentile is told: one late message would be the p95."""


def percentile(counts: Mapping[str, Any], share: float) -> float | None:
    """The seconds within which a share of the receipts had come.

    Args:
        counts: receipt_count and the cumulative within_<bound>s_count.
        share: such as 0.95.

    Returns:
        Seconds, at most the last bound, which stands for itself or longer; None with too few
        receipts.
    """
    total = counts["receipt_count"] or 0
    if total < LEAST_RECEIPTS:
        return None
    wanted = share * total
    points = [(0, 0), *((bound, counts[f"within_{bound}s_count"]) for bound in BOUNDS)]
    for (low, below), (high, within) in pairwise(points):
        if within >= wanted:
            return round(float(low + (high - low) * (wanted - below) / max(within - below, 1)), 2)
    return float(BOUNDS[-1])


def within_rate(counts: Mapping[str, Any], bound: int) -> float | None:
    """The share of receipts that came within one of BOUNDS; None without receipts."""
    total = counts["receipt_count"] or 0
    return float(counts[f"within_{bound}s_count"] / total) if total else None
