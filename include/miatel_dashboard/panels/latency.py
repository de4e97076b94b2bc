"""How long delivered segments took until their receipt."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.marts import Marts
from miatel_dashboard.percentiles import SUMS, percentile, within_rate

SHARES = {"p50_seconds": 0.5, "p90_seconds": 0.9, "p95_seconds": 0.95, "p99_seconds": 0.99}
PROMISES = (5, 10, 30, 60)

_POINTS = f"""
    select
        bucket_date,
        {SUMS}
    from receipts_by_network
    where is_current
    group by bucket_date
    order by bucket_date
"""  # noqa: S608  the sums are ours
_ALL = f"""
    select
        {SUMS}
    from receipts_by_network
    where is_current
"""  # noqa: S608


def latency(marts: Marts) -> dict[str, Any]:
    """Percentiles of the seconds from sending to the receipt.

    Returns:
        `dates` with a list of seconds a percentile, and of the whole period `receipt_count`, the
        percentiles, and `within`, the shares that came within some seconds.
    """
    need_chosen(marts, "receipts")
    points = marts.rows(_POINTS)
    total = marts.row(_ALL)
    return {
        "dates": [point["bucket_date"] for point in points],
        "lines": {
            name: [percentile(point, share) for point in points] for name, share in SHARES.items()
        },
        "receipt_count": total["receipt_count"] or 0,
        "all": {name: percentile(total, share) for name, share in SHARES.items()},
        "within": {str(bound): within_rate(total, bound) for bound in PROMISES},
    }
