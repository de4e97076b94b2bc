"""What stays unreadable or unfilled: prices, receipts' times, late records, gaps and ids."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_GAPS = 20
RECENT_DAYS = 30
"""Days that end with the last one, for which the warehouse's tests warn, too."""

_UNPRICED = f"""
    select
        sum(unpriced_segment_count)::bigint as segment_count,
        sum(unpriced_segment_count) filter (
            where mdr_date > (select max(mdr_date) from delivery_daily) - {RECENT_DAYS}
        )::bigint as recent_segment_count,
        max(mdr_date) filter (where unpriced_segment_count > 0) as last_date
    from delivery_daily
"""  # noqa: S608  the number is ours
_RECEIPTS = """
    select
        sum(implausible_receipt_count)::bigint as implausible_count,
        sum(receipt_count)::bigint as receipt_count,
        max(mdr_date) filter (where implausible_receipt_count > 0) as last_date
    from latency_by_sender_daily
"""
_LATE = f"""
    select
        coalesce(sum(record_count), 0)::bigint as record_count,
        coalesce(sum(record_count) filter (where is_recent), 0)::bigint as recent_record_count,
        max(most_hours) filter (where is_recent) as most_hours,
        max(suggested_lookback_hours) filter (where is_recent) as suggested_lookback_hours
    from (
        select
            *,
            found_at > (select max(last_requested_at) from data_freshness)
                - interval {RECENT_DAYS} day as is_recent
        from late_records
    )
"""  # noqa: S608
_GAPS = """
    select source_name, start_at, end_at, duration_seconds, gap_reason, gap_failed_at
    from extract_coverage
    where interval_type = 'gap'
    order by start_at desc, source_name
"""
SHOWN_OTHERWISE = frozenset(
    {
        "warn_unpriced_segments", "warn_implausible_receipts", "warn_late_records", "warn_gaps",
        "warn_record_identity", "warn_held_days",
    }
)  # fmt: skip
"""Tests whose findings have a sentence, table or calendar of their own here."""

_WARNINGS = """
    select test_name, sum(row_count)::bigint as row_count
    from build_warnings
    group by test_name
    order by test_name
"""
_IDENTITY = """
    select
        sum(record_count)::bigint as record_count,
        sum(records_without_id_count)::bigint as records_without_id_count,
        sum(shared_sms_id_count)::bigint as shared_sms_id_count,
        sum(shared_message_id_count)::bigint as shared_message_id_count
    from record_identity_daily
"""


def unpriced(marts: Marts) -> dict[str, Any]:
    """Segments that should have a price and have none that can be read.

    Returns:
        Counts of all days and of the last 30, None where none was counted, and the last such day.
    """
    marts.need("delivery_daily")
    return marts.row(_UNPRICED)


def implausible_receipts(marts: Marts) -> dict[str, Any]:
    """Receipts of delivered segments whose time cannot be true; None where none was counted."""
    marts.need("latency_by_sender_daily")
    return marts.row(_RECEIPTS)


def late_records(marts: Marts) -> dict[str, Any]:
    """Records that earlier answers lacked, and the lookback with which they are found in time."""
    marts.need("late_records")
    marts.need("data_freshness")
    return marts.row(_LATE)


def gaps(marts: Marts) -> dict[str, Any]:
    """Seconds that nothing covers, the latest first, and why they could not be filled."""
    marts.need("extract_coverage")
    rows = marts.rows(_GAPS)
    return {"rows": rows[:MOST_GAPS], "row_count": len(rows)}


def identity(marts: Marts) -> dict[str, Any]:
    """Records without an id, and records that share one; None where nothing is landed."""
    marts.need("record_identity_daily")
    return marts.row(_IDENTITY)


def warnings(marts: Marts) -> dict[str, Any]:
    """Tests of the tables that warn, but for those whose findings are shown otherwise."""
    marts.need("build_warnings")
    rows = marts.rows(_WARNINGS)
    return {"rows": [row for row in rows if row["test_name"] not in SHOWN_OTHERWISE]}
