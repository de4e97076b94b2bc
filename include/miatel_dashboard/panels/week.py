"""When in the week messages are sent, and whether they arrive then."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen_hours
from miatel_dashboard.marts import Marts

_CELLS = """
    with summed as (
        select
            -- hours since Monday 00:00 as a small number, the cheapest key; 1 January 1970 was a
            -- Thursday
            ((epoch_us(hour_at) // 3600000000 + 72) % 168)::utinyint as hour_of_week,
            is_mature,
            sum(message_count) as message_count,
            sum(delivered_message_count) as delivered_message_count
        from chosen_hours
        where is_current
        group by hour_of_week, is_mature
    )

    select
        (hour_of_week // 24)::integer + 1 as weekday,
        (hour_of_week % 24)::integer as hour,
        sum(message_count)::bigint as message_count,
        coalesce(sum(message_count) filter (where is_mature), 0)::bigint as mature_message_count,
        coalesce(sum(delivered_message_count) filter (where is_mature), 0)::bigint
            as mature_delivered_message_count
    from summed
    group by hour_of_week
    order by hour_of_week
"""
_DAYS = """
    select extract(isodow from mdr_date)::integer as weekday, count(*) as day_count
    from (select distinct mdr_date from delivery_daily)
    where mdr_date between getvariable('first') and getvariable('last')
    group by weekday
"""


def week(marts: Marts) -> list[dict[str, Any]]:
    """One cell per ISO weekday (1 is Monday) and GMT hour in which anything was sent.

    Returns:
        The counts of the period, and `messages_per_hour`, over as many hours as the period has
        such weekdays with any traffic at all.
    """
    need_chosen_hours(marts)
    marts.need("delivery_daily")
    days = {row["weekday"]: row["day_count"] for row in marts.rows(_DAYS)}
    cells = marts.rows(_CELLS)
    for cell in cells:
        cell["messages_per_hour"] = round(cell["message_count"] / days[cell["weekday"]], 2)
    return cells
