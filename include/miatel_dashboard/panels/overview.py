"""Messages, delivery rate, latency and cost, each beside the period before."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.marts import Marts
from miatel_dashboard.percentiles import SUMS, percentile, percentile_between

_DELIVERY = """
    select
        is_current,
        sum(message_count)::bigint as message_count,
        sum(delivered_message_count)::bigint as delivered_message_count,
        sum(failed_message_count)::bigint as failed_message_count,
        sum(pending_message_count)::bigint as pending_message_count,
        sum(segment_count)::bigint as segment_count,
        sum(mature_message_count)::bigint as mature_message_count,
        sum(delivered_message_count) / nullif(sum(message_count), 0) as delivery_rate,
        sum(mature_delivered_message_count) / nullif(sum(mature_message_count), 0)
            as mature_delivery_rate
    from delivery_by_network
    group by is_current
"""
_COST = """
    select
        currency,
        sum(cost) filter (where is_current) as cost,
        sum(failed_cost) filter (where is_current) as failed_cost,
        sum(cost) filter (where not is_current) as previous_cost,
        (
            sum(cost) filter (where is_current)
            / nullif(sum(delivered_message_count) filter (where is_current), 0)
        )::double as cost_per_delivered_message
    from delivery_by_network
    where cost is not null
    group by currency
    order by sum(message_count) filter (where is_current) desc nulls last, currency
"""
_LATENCY = f"""
    select
        is_current,
        {SUMS}
    from receipts_by_network
    group by is_current
"""  # noqa: S608  the sums are ours


def overview(marts: Marts) -> dict[str, Any]:
    """The figures of the period and of the one before.

    Returns:
        `current` and `previous`, each with counts and rates, empty when nothing was sent then;
        `costs`, a row a currency, the one of most messages first; '(none)' is that of
        messages without one.
    """
    need_chosen(marts, "delivery")
    rows = {row.pop("is_current"): row for row in marts.rows(_DELIVERY)}
    return {
        "current": rows.get(True, {}),
        "previous": rows.get(False, {}),
        "costs": marts.rows(_COST),
    }


def latency_overview(marts: Marts) -> dict[str, Any]:
    """The p95 of the seconds to the receipt, of the period and of the one before.

    Returns:
        `p95_between` beside them: the bounds between which that of the period lies for certain.
    """
    need_chosen(marts, "receipts")
    rows = {row["is_current"]: row for row in marts.rows(_LATENCY)}
    p95 = {is_current: percentile(row, 0.95) for is_current, row in rows.items()}
    return {
        "p95_seconds": p95.get(True),
        "p95_between": percentile_between(rows[True], 0.95) if True in rows else None,
        "previous_p95_seconds": p95.get(False),
    }
