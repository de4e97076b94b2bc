"""A summary of the published tables for the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import open_warehouse

MOST_COUNTRIES = 10
MOST_REASONS = 10
MOST_GAPS = 20

_TOTALS = """
    select
        min(mdr_date),
        max(mdr_date),
        sum(message_count),
        sum(delivered_message_count),
        sum(failed_message_count),
        sum(pending_message_count),
        sum(segment_count)
    from delivery_daily
"""
_COSTS = """
    select replace(currency, '(none)', 'no currency'), sum(cost)
    from delivery_daily
    where cost is not null
    group by currency
    order by currency
"""
_COUNTRIES = """
    select country_name, sum(message_count) as messages, sum(delivered_message_count) as delivered
    from delivery_daily
    group by country_name
    having messages > 0
    order by messages desc, country_name
    limit ?
"""
_REASONS = """
    select code_type, code, meaning, sum(segment_count) as segments
    from failure_reasons_daily
    group by code_type, code, meaning
    order by segments desc, code_type, code
    limit ?
"""
_COVERAGE = """
    select
        source_name,
        count(distinct mdr_date),
        count(distinct (run_id, requested_at, request_start_at, request_end_at)),
        strftime(min(start_at), '%Y-%m-%d %H:%M:%S'),
        strftime(max(end_at), '%Y-%m-%d %H:%M:%S')
    from extract_coverage
    where interval_type = 'landed'
    group by source_name
    order by source_name
"""
_GAPS = """
    select
        strftime(start_at, '%Y-%m-%d %H:%M:%S'),
        strftime(end_at, '%Y-%m-%d %H:%M:%S'),
        duration_seconds
    from extract_coverage
    where interval_type = 'gap' and source_name = ?
    order by start_at
"""


def summarise(bi: Path) -> str:
    """Say what the published tables hold: traffic, delivery, failures, cost and coverage.

    Args:
        bi: The published DuckDB file.

    Returns:
        Lines of plain text, at most 100 columns wide.

    Raises:
        WarehouseError: The file does not exist or lacks a table: publish first.
    """
    with open_warehouse(bi) as connection:
        try:
            return "\n".join(
                line
                for part in (_traffic, _countries, _reasons, _coverage)
                for line in part(connection)
            )
        except duckdb.CatalogException as error:
            raise WarehouseError(
                f"{bi} lacks a table that the summary needs. Publish again: "
                "`python -m miatel_warehouse publish`."
            ) from error


def _traffic(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    totals = connection.execute(_TOTALS).fetchone()
    if totals is None or totals[0] is None:
        yield "SMS traffic: none in the landed days"
        return
    first, last, messages, delivered, failed, pending, segments = totals
    yield f"SMS traffic from {first} to {last} (GMT)"
    yield f"  {messages:>12,}  messages, in {segments:,} segments"
    for name, count in (("delivered", delivered), ("failed", failed), ("pending", pending)):
        yield f"  {count:>12,}  {name:<9} {_share(count, messages)}"
    for currency, cost in connection.execute(_COSTS).fetchall():
        yield f"  {cost:>12,.2f}  {currency}"


def _countries(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield ""
    yield f"Delivery rate by country (the {MOST_COUNTRIES} with most messages)"
    for country, messages, delivered in connection.execute(_COUNTRIES, [MOST_COUNTRIES]).fetchall():
        yield f"  {messages:>12,}  {_share(delivered, messages)}  {country}"


def _reasons(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield ""
    yield "Most frequent reasons of failed segments"
    reasons = connection.execute(_REASONS, [MOST_REASONS]).fetchall()
    for code_type, code, meaning, segments in reasons:
        yield f"  {segments:>12,}  {code_type:<8} {code:>6}  {meaning}"
    if not reasons:
        yield "  none"


def _coverage(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    accounts = connection.execute(_COVERAGE).fetchall()
    for name, days, requests, first, end in accounts:
        yield ""
        yield "Coverage" if len(accounts) == 1 else f"Coverage of {name}"
        yield f"  {days:,} days landed by {requests:,} accepted requests, {first} until {end} GMT"
        yield from _gaps(connection, name)


def _gaps(connection: duckdb.DuckDBPyConnection, source_name: str) -> Iterator[str]:
    gaps = connection.execute(_GAPS, [source_name]).fetchall()
    if not gaps:
        yield "  no gaps"
        return
    yield f"  gaps: {len(gaps):,}, with {sum(gap[2] for gap in gaps):,} seconds not landed"
    for start_at, end_at, seconds in gaps[:MOST_GAPS]:
        yield f"    {start_at} until {end_at} ({seconds:,} s)"
    if len(gaps) > MOST_GAPS:
        yield f"    and {len(gaps) - MOST_GAPS:,} more: see extract_coverage"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:>6.1%}" if whole else "   n/a"
