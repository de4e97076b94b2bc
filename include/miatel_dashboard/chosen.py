"""The rows a selection is about, added up as far as the panels need them."""

from __future__ import annotations

from miatel_dashboard.marts import Marts
from miatel_dashboard.percentiles import SUMS
from miatel_dashboard.selection import Selection

_IS_CHOSEN = """
    create temp macro is_chosen(name, value) as
        getvariable(name) is null or list_contains(getvariable(name)::varchar[], value)
"""
_ROWS = """
    select
        * replace (coalesce(sender, '') as sender, coalesce(account_name, '') as account_name),
        mdr_date >= getvariable('first') as is_current,
        date_trunc(getvariable('bucket'), mdr_date)::date as bucket_date
    from {table}
    where
        mdr_date between getvariable('previous_first') and getvariable('last')
        and is_chosen('country', country_name)
        and is_chosen('network', mccmnc)
        and is_chosen('sender', coalesce(sender, ''))
        and is_chosen('account', coalesce(account_name, ''))
"""
_SUMMED = """
    with chosen as ({rows})

    select
        {keys},
        {sums}
    from chosen
    where {which}
    group by {keys}
"""
# a network has one country and one name: cheaper so than as keys
_DELIVERY_SUMS = """
        any_value(country_name) as country_name,
        any_value(network_name) as network_name,
        sum(message_count) as message_count,
        sum(delivered_message_count) as delivered_message_count,
        sum(failed_message_count) as failed_message_count,
        sum(pending_message_count) as pending_message_count,
        sum(mature_message_count) as mature_message_count,
        sum(mature_delivered_message_count) as mature_delivered_message_count,
        sum(segment_count) as segment_count,
        sum(cost) as cost,
        sum(failed_cost) as failed_cost
"""
_TABLES = {
    "chosen_places": ("delivery_daily", "is_current, mccmnc, sender, currency", _DELIVERY_SUMS),
    "chosen_points": (
        "delivery_daily",
        "is_current, bucket_date, mccmnc, currency",
        _DELIVERY_SUMS,
    ),
    "chosen_receipt_places": ("latency_by_sender_daily", "is_current, mccmnc, sender", SUMS),
    "chosen_receipt_points": ("latency_by_sender_daily", "is_current, bucket_date", SUMS),
    "chosen_failures": ("failure_reasons_daily", "", ""),
    "chosen_hours": ("delivery_hourly", "", ""),
}
"""By name: the published table; keys and sums of a table that is filled at its first use, or
neither of a view over the rows as they are."""


def choose(marts: Marts, selection: Selection) -> None:
    """Let later queries see what the selection chose, and the period of the same length before.

    Rows have `is_current`, false for the period before, and `bucket_date`, the first day of the
    day, week or month that a point of a line stands for. The macro `is_chosen(filter, value)` tells
    whether a filter lets a value through.
    """
    filters = selection.filters
    marts.forget("is_chosen", *_TABLES)
    marts.define("is_chosen", _IS_CHOSEN)
    marts.remember(
        first=selection.first,
        last=selection.last,
        previous_first=selection.previous_first,
        bucket=selection.bucket,
        country=list(filters.country) or None,
        network=list(filters.network) or None,
        sender=list(filters.sender) or None,
        account=list(filters.account) or None,
    )


def need_chosen(marts: Marts, name: str) -> None:
    """Let queries name one of the chosen tables.

    Raises:
        MissingMartError: the table is not published, or lacks a column that the page reads.
    """
    table, keys, sums = _TABLES[name]
    marts.need(table)
    rows = _ROWS.format(table=table)
    if keys:
        # of the period before no points are drawn
        which = "is_current" if "bucket_date" in keys else "true"
        summed = _SUMMED.format(rows=rows, keys=keys, sums=sums, which=which)
        marts.define(name, f"create temp table {name} as {summed}")
    else:
        marts.define(name, f"create temp view {name} as {rows}")
