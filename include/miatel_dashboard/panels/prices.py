"""Prices of a segment that changed within the period."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_CHANGES = 100

_CHANGES = """
    select
        network_name,
        account_name,
        source_name,
        currency,
        changed_on_date,
        previous_price,
        price,
        change_rate
    from price_changes
    where
        changed_on_date between getvariable('first') and getvariable('last')
        and is_chosen('country', country_name)
        and is_chosen('network', mccmnc)
        and is_chosen('account', account_name)
        and is_chosen('source', source_name)
    order by changed_on_date desc, network_name, mccmnc, account_name, source_name, currency
"""


def prices(marts: Marts) -> dict[str, Any]:
    """The changes of the selection's networks and accounts, the latest first.

    A price belongs to a network and an account: the filter of senders does not narrow it.
    """
    marts.need("price_changes")
    rows = marts.rows(_CHANGES)
    return {"rows": rows[:MOST_CHANGES], "row_count": len(rows)}
