"""Can I trust this: coverage, freshness, open receipts, undocumented codes."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_CODES = 50

_DAYS = """
    select
        mdr_date,
        gap_seconds,
        is_complete,
        is_retired,
        has_sums,
        held_reason,
        row_count,
        pending_segment_count,
        segment_count
    from completeness_daily
    order by mdr_date
"""
_CODES = """
    select code_type, code, first_seen_date, last_seen_date, segment_count
    from unknown_codes
    order by segment_count desc, code_type, code
"""


def freshness(marts: Marts) -> dict[str, Any]:
    """The one row of data_freshness; only last_landed_at, None, where nothing is landed."""
    marts.need("data_freshness")
    return next(iter(marts.rows("select * from data_freshness")), {"last_landed_at": None})


def coverage(marts: Marts) -> dict[str, list[Any]]:
    """Every GMT day from the first to the last landed one, a list a column."""
    marts.need("completeness_daily")
    rows = marts.rows(_DAYS)
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def unknown_codes(marts: Marts) -> dict[str, Any]:
    """Codes that the vendor's documents do not have."""
    marts.need("unknown_codes")
    rows = marts.rows(_CODES)
    return {"rows": rows[:MOST_CODES], "row_count": len(rows)}
