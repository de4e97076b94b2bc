"""What the messages cost, each currency by itself."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.marts import Marts

_POINTS = """
    select
        currency,
        bucket_date,
        sum(cost)::double as cost,
        coalesce(sum(failed_cost), 0)::double as failed_cost
    from delivery_by_network
    where is_current and cost is not null
    group by currency, bucket_date
    order by currency, bucket_date
"""


def cost(marts: Marts) -> list[dict[str, Any]]:
    """Cost over time.

    Returns:
        A row a currency: `currency`, `dates`, `cost` and `failed_cost`, which is the part of the
        cost that was paid for failed segments.
    """
    need_chosen(marts, "delivery")
    currencies: dict[str, dict[str, Any]] = {}
    for row in marts.rows(_POINTS):
        one = currencies.setdefault(
            row["currency"],
            {"currency": row["currency"], "dates": [], "cost": [], "failed_cost": []},
        )
        one["dates"].append(row["bucket_date"])
        one["cost"].append(round(row["cost"], 6))
        one["failed_cost"].append(round(row["failed_cost"], 6))
    return list(currencies.values())
