"""The watch list: what the marts themselves found suspicious."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.marts import Marts

MOST_FINDINGS = 200

_FINDINGS = """
    select
        watch_type,
        since_at,
        until_at,
        country_name,
        network_name,
        sender,
        account_name,
        source_name,
        message_count,
        usual_message_count,
        baseline_value,
        observed_value,
        strength
    from watch_list
    where
        since_at < getvariable('last') + interval 1 day
        and until_at > getvariable('first')
        and (country_name is null or is_chosen('country', country_name))
        and (mccmnc is null or is_chosen('network', mccmnc))
        and (sender is null or is_chosen('sender', sender))
        and (account_name is null or is_chosen('account', account_name))
        and is_chosen('source', source_name)
    order by strength desc, since_at desc, source_name, watch_key
"""


def watch(marts: Marts) -> dict[str, Any]:
    """The findings that touch the selection, the strongest first."""
    marts.need("watch_list")
    rows = marts.rows(_FINDINGS)
    return {"rows": rows[:MOST_FINDINGS], "row_count": len(rows)}
