"""Delivery rate and messages over time."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.answers import losing_groups

MOST_LINES = 6
LEAST_MESSAGES = 20
"""A point of fewer mature messages has no rate: it would jump by 5 % a message."""

_POINTS = """
    select
        bucket_date,
        sum(message_count)::bigint as message_count,
        sum(delivered_message_count)::bigint as delivered_message_count,
        sum(failed_message_count)::bigint as failed_message_count,
        sum(pending_message_count)::bigint as pending_message_count,
        sum(mature_message_count)::bigint as mature_message_count,
        sum(mature_delivered_message_count)::bigint as mature_delivered_message_count
    from delivery_by_network
    where is_current
    group by bucket_date
    order by bucket_date
"""
_LINES = """
    with largest as (
        select {key} as name, sum(message_count) as total_count
        from delivery_by_network
        where is_current
        group by name
        qualify
            row_number() over (order by total_count desc, name) <= {most}
            or name = getvariable('losing')
    )

    select
        {key} as name,
        any_value({label}) as label,
        bucket_date,
        sum(message_count)::bigint as message_count,
        sum(mature_message_count)::bigint as mature_message_count,
        sum(mature_delivered_message_count)::bigint as mature_delivered_message_count
    from delivery_by_network
    inner join largest on {key} = largest.name
    where is_current
    group by {key}, bucket_date
    order by any_value(total_count) desc, name, bucket_date
"""


def delivery(marts: Marts) -> dict[str, Any]:
    """What was sent and what arrived, a point a day, week or month.

    Returns:
        `points`: counts by outcome; `rates`: of everything; `by_country` and `by_network`: the
        largest few and the one that loses most, each with a `name`, a `label`, and `rates` and
        `counts` a point. A rate is mature deliveries over mature messages, None where they are
        too few.
    """
    need_chosen(marts, "delivery")
    points = marts.rows(_POINTS)
    dates = [point["bucket_date"] for point in points]
    return {
        "points": points,
        "rates": [_rate(point) for point in points],
        "by_country": _lines(marts, dates, "country", "country_name", "country_name"),
        "by_network": _lines(marts, dates, "network", "mccmnc", "network_name"),
    }


def _lines(
    marts: Marts, dates: list[Any], dimension: str, key: str, label: str
) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    index = {date: number for number, date in enumerate(dates)}
    losing = losing_groups(marts, dimension)
    marts.remember(losing=losing[0]["name"] if losing else None)
    for row in marts.rows(_LINES.format(key=key, label=label, most=MOST_LINES)):
        line = lines.setdefault(
            row["name"],
            {
                "name": row["name"],
                "label": row["label"],
                "rates": [None] * len(dates),
                "counts": [0] * len(dates),
            },
        )
        line["rates"][index[row["bucket_date"]]] = _rate(row)
        line["counts"][index[row["bucket_date"]]] = row["message_count"]
    return list(lines.values())


def _rate(row: dict[str, Any]) -> float | None:
    if row["mature_message_count"] < LEAST_MESSAGES:
        return None
    return round(float(row["mature_delivered_message_count"] / row["mature_message_count"]), 5)
