"""The first lines of the page: where messages do not arrive, why, since when, at what cost."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.failures import explanations
from miatel_dashboard.since import find_fall

LEAST_MESSAGES = 50
"""Mature messages, below which a group is not named as one whose messages do not arrive."""

MOST_GROUPS = 3
LOOKED_BACK_DAYS = 400
"""For the day of a fall: it may lie before the period that is looked at."""

_DIMENSIONS = {
    "country": ("network", "country_name", "country_name"),
    "network": ("network", "mccmnc", "network_name"),
    "sender": ("sender", "sender", "sender"),
}
"""What is compared, the first of these of which the selection holds more than one: what the chosen
tables are by, its key and its label."""

_GROUPS = """
    with grouped as (
        select
            {key} as name,
            any_value({label}) as label,
            sum(message_count)::bigint as message_count,
            sum(failed_message_count)::bigint as failed_message_count,
            sum(mature_message_count)::bigint as mature_message_count,
            sum(mature_delivered_message_count)::bigint as mature_delivered_message_count
        from delivery_by_{table}
        where is_current
        group by name
    ),

    compared as (
        select
            *,
            mature_delivered_message_count / nullif(mature_message_count, 0)
                as mature_delivery_rate,
            sum(mature_delivered_message_count) over ()
                / nullif(sum(mature_message_count) over (), 0) as overall_rate,
            count(*) over () as group_count
        from grouped
    )

    select
        *,
        (overall_rate - mature_delivery_rate) * mature_message_count as excess_count
    from compared
    order by mature_message_count >= {least} desc, excess_count desc nulls last, name
    limit {most}
"""
_REASON = """
    select
        code_type,
        code,
        any_value(meaning) as meaning,
        bool_and(is_documented) as is_documented,
        sum(segment_count)::bigint as segment_count,
        sum(segment_count) / nullif(sum(sum(segment_count)) over (), 0) as share_rate
    from failures_by_{table}
    where is_current and {key} = getvariable('worst_group')
    group by code_type, code
    having sum(segment_count) > 0
    order by segment_count desc, code_type, code
    limit 1
"""
_DAYS = """
    select
        mdr_date,
        sum(mature_message_count)::bigint,
        sum(mature_delivered_message_count)::bigint
    from delivery_daily
    where
        mdr_date between getvariable('last') - interval {looked_back} day and getvariable('last')
        and {key} = getvariable('worst_group')
        and is_chosen('country', country_name)
        and is_chosen('network', mccmnc)
        and is_chosen('sender', sender)
        and is_chosen('account', account_name)
        and is_chosen('source', source_name)
    group by mdr_date
    order by mdr_date
"""
_FAILED_COSTS = """
    select currency, sum(failed_cost) as failed_cost
    from delivery_by_{table}
    where is_current and cost is not null and {key} = getvariable('worst_group')
    group by currency
    order by currency
"""


def answers(marts: Marts) -> dict[str, Any]:
    """Where most messages fail to arrive that would at the selection's own rate, and about it.

    A group (a country, network or sender) that is small or no worse than all together is not
    named.

    Returns:
        `dimension`, what was compared; `worst`, the groups that lose most, each with its rate, the
        `overall_rate` and `excess_count`, how many more would have arrived at that; and of the
        first one `reason`, `fall` (None where no day stands out) and `failed_costs`.
    """
    need_chosen(marts, "delivery")
    dimension, worst = _worst(marts)
    if not worst:
        return {"dimension": dimension, "worst": []}
    table, key, _ = _DIMENSIONS[dimension]
    marts.remember(worst_group=worst[0]["name"])
    sql = _DAYS.format(key=key, looked_back=LOOKED_BACK_DAYS)
    days = [tuple(row.values()) for row in marts.rows(sql)]
    fall = find_fall(days)
    return {
        "dimension": dimension,
        "worst": worst,
        "reason": _reason(marts, table, key),
        "fall": vars(fall) if fall else None,
        "looked_from": days[0][0] if days else None,
        "failed_costs": marts.rows(_FAILED_COSTS.format(table=table, key=key)),
    }


def _worst(marts: Marts) -> tuple[str, list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for dimension in _DIMENSIONS:
        rows = _compared(marts, dimension)
        if rows and rows[0]["group_count"] > 1:
            break
    return dimension, list(filter(_is_named, rows))


def losing_groups(marts: Marts, dimension: str) -> list[dict[str, Any]]:
    """The groups that the page names as those whose messages do not arrive, the worst first.

    Args:
        marts: with the chosen delivery.
        dimension: country, network or sender.
    """
    return list(filter(_is_named, _compared(marts, dimension)))


def _compared(marts: Marts, dimension: str) -> list[dict[str, Any]]:
    table, key, label = _DIMENSIONS[dimension]
    return marts.rows(
        _GROUPS.format(table=table, key=key, label=label, least=LEAST_MESSAGES, most=MOST_GROUPS)
    )


def _is_named(group: dict[str, Any]) -> bool:
    is_worse = (group["excess_count"] or 0) > 0 or group["group_count"] == 1
    return group["mature_message_count"] >= LEAST_MESSAGES and is_worse


def _reason(marts: Marts, table: str, key: str) -> dict[str, Any] | None:
    try:
        need_chosen(marts, "failures")
    except MissingMartError:
        return None  # the panel of failure reasons says so
    reason = next(iter(marts.rows(_REASON.format(table=table, key=key))), None)
    if reason and reason["code_type"] == "delivery":
        reason["explanation"] = explanations(marts).get(reason["code"])
    return reason
