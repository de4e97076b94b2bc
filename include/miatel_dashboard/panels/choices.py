"""What the filters offer, and in which order colours are given."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_CHOICES = 500

_PERIOD = "select min(mdr_date) as first, max(mdr_date) as last from delivery_daily"
_CHOICES = """
    select
        {key} as name,
        {label} as label,
        sum(message_count)::bigint as message_count
    from delivery_daily
    group by name, label
    order by message_count desc, name
    limit {most}
"""
_IN_ORDER_OF_APPEARANCE = """
    with daily as (
        select {key} as name, mdr_date, sum(message_count) as message_count
        from delivery_daily
        group by name, mdr_date
    ),

    first_days as (
        select
            name,
            min(mdr_date) as first_date,
            arg_min(message_count, mdr_date) as first_count
        from daily
        group by name
    )

    select name
    from first_days
    order by first_date, first_count desc, name
"""


def period(marts: Marts) -> dict[str, Any]:
    """First and last landed day with traffic; None for both where there is none."""
    marts.need("delivery_daily")
    return marts.row(_PERIOD)


def choices(marts: Marts) -> dict[str, Any]:
    """What can be chosen, the busiest first, and the order in which colours are given.

    A colour goes by when a country or network first appeared, and on that day by its messages:
    it stays the same whatever is filtered, and whatever is landed later.
    """
    marts.need("delivery_daily")
    return {
        "country": _choices(marts, "country_name", "country_name"),
        "network": _choices(marts, "mccmnc", "network_name"),
        "sender": _choices(marts, "sender", "sender"),
        "account": _choices(marts, "account_name", "account_name"),
        "source": _choices(marts, "source_name", "source_name"),
        "colour_order": {
            "country": _order(marts, "country_name"),
            "network": _order(marts, "mccmnc"),
        },
    }


def _choices(marts: Marts, key: str, label: str) -> list[dict[str, Any]]:
    return marts.rows(_CHOICES.format(key=key, label=label, most=MOST_CHOICES))


def _order(marts: Marts, key: str) -> list[str]:
    return [row["name"] for row in marts.rows(_IN_ORDER_OF_APPEARANCE.format(key=key))]
