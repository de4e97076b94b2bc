"""The tables of networks and senders."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.failures import named
from miatel_dashboard.percentiles import SUMS, percentile

MOST_ROWS = 1000
"""Of each table; the page says so when there are more."""

_ROWS = """
    select
        {keys},
        sum(message_count)::bigint as message_count,
        sum(delivered_message_count)::bigint as delivered_message_count,
        sum(failed_message_count)::bigint as failed_message_count,
        sum(pending_message_count)::bigint as pending_message_count,
        sum(delivered_message_count) / nullif(sum(message_count), 0) as delivery_rate,
        sum(mature_message_count)::bigint as mature_message_count,
        sum(mature_delivered_message_count) / nullif(sum(mature_message_count), 0)
            as mature_delivery_rate
    from delivery_by_{dimension}
    where is_current
    group by {keys}
    order by message_count desc, {keys}
"""
_COSTS = """
    select {key} as name, currency, sum(cost) as cost
    from delivery_by_{dimension}
    where is_current and cost is not null
    group by name, currency
"""
_LATENCY = """
    select {key} as name, {sums}
    from receipts_by_{dimension}
    where is_current
    group by name
"""
_REASONS = """
    with totals as (
        select
            {key} as name,
            code_type,
            code,
            any_value(meaning) as meaning,
            bool_and(is_documented) as is_documented,
            sum(segment_count)::bigint as segment_count
        from failures_by_{dimension}
        where is_current
        group by name, code_type, code
    )

    select distinct on (name) *
    from totals
    where segment_count > 0
    order by name, segment_count desc, code_type, code
"""


def networks(marts: Marts) -> dict[str, Any]:
    """One row per network, the one with most messages first."""
    return _table(marts, "network", "mccmnc", ["country_name", "mccmnc", "network_name"])


def senders(marts: Marts) -> dict[str, Any]:
    """One row per sender, likewise; '(none)' is that of records without one."""
    return _table(marts, "sender", "sender", ["sender"])


def _table(marts: Marts, dimension: str, key: str, keys: list[str]) -> dict[str, Any]:
    need_chosen(marts, "delivery")
    rows = marts.rows(_ROWS.format(dimension=dimension, keys=", ".join(keys)))
    costs: dict[str, dict[str, Any]] = {}
    for row in marts.rows(_COSTS.format(dimension=dimension, key=key)):
        costs.setdefault(row["name"], {})[row["currency"]] = row["cost"]
    p95, reasons, missing = _extras(marts, dimension, key)
    for row in rows[:MOST_ROWS]:
        name = row[key]
        row["p95_seconds"] = p95.get(name)
        row["top_failure"] = reasons.get(name)
        row["costs"] = costs.get(name, {})
    currencies = sorted({currency for row in costs.values() for currency in row})
    return {
        "rows": rows[:MOST_ROWS],
        "row_count": len(rows),
        "currencies": currencies,
        "missing": missing,
    }


def _extras(
    marts: Marts, dimension: str, key: str
) -> tuple[dict[str, float | None], dict[str, dict[str, Any]], list[str]]:
    """Latency and reasons by name; a table that is missing empties its column, not the whole."""
    p95: dict[str, float | None] = {}
    reasons: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    try:
        need_chosen(marts, "receipts")
        for row in marts.rows(_LATENCY.format(dimension=dimension, key=key, sums=SUMS)):
            p95[row["name"]] = percentile(row, 0.95)
    except MissingMartError as error:
        missing.append(str(error))
    try:
        need_chosen(marts, "failures")
        for row in marts.rows(_REASONS.format(dimension=dimension, key=key)):
            reasons[row["name"]] = named(row)
    except MissingMartError as error:
        missing.append(str(error))
    return p95, reasons, missing
