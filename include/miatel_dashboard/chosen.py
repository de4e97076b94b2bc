"""The rows a selection is about, as views `chosen_<table>`."""

from __future__ import annotations

from miatel_dashboard.marts import Marts
from miatel_dashboard.selection import Selection

_VIEW = """
    create temp view if not exists chosen_{table} as
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
_IS_CHOSEN = """
    create or replace temp macro is_chosen(name, value) as
        getvariable(name) is null or list_contains(getvariable(name)::varchar[], value)
"""
_CHOSEN = frozenset(
    {"delivery_daily", "delivery_hourly", "failure_reasons_daily", "latency_by_sender_daily"}
)


def choose(marts: Marts, selection: Selection) -> None:
    """Let later queries see what the selection chose, and the period of the same length before.

    The views have the table's columns and `is_current`, false for the period before, and
    `bucket_date`, the first day of the day, week or month that a point of a line stands for. The
    macro `is_chosen(filter, value)` tells whether a filter lets a value through.
    """
    filters = selection.filters
    marts.define(_IS_CHOSEN)
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


def need_chosen(marts: Marts, table: str) -> None:
    """Let queries name `chosen_<table>`.

    Raises:
        MissingMartError: the table is not published, or lacks a column that the page reads.
    """
    if table not in _CHOSEN:
        raise ValueError(f"{table} has no network, sender and account to choose by")
    marts.need(table)
    marts.define(_VIEW.format(table=table))
