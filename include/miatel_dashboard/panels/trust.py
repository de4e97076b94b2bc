"""Can I trust this: coverage, freshness, open receipts, undocumented codes."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_CODES = 50

# of several accounts the one that lags behind says until when all is there
_FRESHNESS = """
    select
        min(first_landed_at) as first_landed_at,
        min(last_landed_at) as last_landed_at,
        min(last_requested_at) as last_requested_at,
        max(day_count) as day_count,
        sum(gap_count)::bigint as gap_count,
        sum(gap_seconds)::bigint as gap_seconds,
        sum(request_count)::bigint as request_count,
        sum(segment_count)::bigint as segment_count,
        sum(open_receipt_count)::bigint as open_receipt_count,
        (select count(distinct (code_type, code)) from unknown_codes) as unknown_code_count,
        max(maturity_seconds) as maturity_seconds,
        min(mature_until_at) as mature_until_at,
        min(built_at) as built_at,
        count(*) as source_count
    from data_freshness
"""
_DAYS = """
    select
        mdr_date,
        sum(gap_seconds)::bigint as gap_seconds,
        bool_and(is_complete) as is_complete,
        bool_and(is_retired) as is_retired,
        bool_and(has_sums) as has_sums,
        max(held_reason) as held_reason,
        sum(row_count)::bigint as row_count,
        sum(pending_segment_count)::bigint as pending_segment_count,
        sum(segment_count)::bigint as segment_count
    from completeness_daily
    group by mdr_date
    order by mdr_date
"""
_CODES = """
    select
        code_type,
        code,
        min(first_seen_date) as first_seen_date,
        max(last_seen_date) as last_seen_date,
        sum(segment_count)::bigint as segment_count
    from unknown_codes
    group by code_type, code
    order by segment_count desc, code_type, code
"""


def freshness(marts: Marts) -> dict[str, Any]:
    """How far the data reach, of all accounts; only last_landed_at, None, where there are none."""
    marts.need("data_freshness")
    marts.need("unknown_codes")
    row = marts.row(_FRESHNESS)
    return row if row["last_landed_at"] else {"last_landed_at": None}


def coverage(marts: Marts) -> dict[str, list[Any]]:
    """Every GMT day from the first to the last landed one, of all accounts, a list a column."""
    marts.need("completeness_daily")
    rows = marts.rows(_DAYS)
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def unknown_codes(marts: Marts) -> dict[str, Any]:
    """Codes that the vendor's documents do not have."""
    marts.need("unknown_codes")
    rows = marts.rows(_CODES)
    return {"rows": rows[:MOST_CODES], "row_count": len(rows)}
