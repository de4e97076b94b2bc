"""The rows a selection is about, added up as far as the panels need them."""

from __future__ import annotations

from miatel_dashboard.marts import Marts
from miatel_dashboard.percentiles import SUMS
from miatel_dashboard.selection import Selection

_IS_CHOSEN = """
    create temp macro is_chosen(name, value) as
        getvariable(name) is null or list_contains(getvariable(name)::varchar[], value)
"""
_BUCKETS = {
    "day": ("mdr_date - date '1970-01-01'", "date '1970-01-01' + bucket"),
    "week": ("(mdr_date - date '1970-01-05') // 7", "date '1970-01-05' + 7 * bucket"),
    "month": (
        "year(mdr_date) * 12 + month(mdr_date) - 1",
        "make_date(bucket // 12, bucket % 12 + 1, 1)",
    ),
}
"""By what a point of a line stands for: the number of a day's bucket, cheaper for each row than
date_trunc, and a bucket's first day."""

_ROWS = """
    select *, mdr_date >= getvariable('first') as is_current
    from {table}
    where
        mdr_date between getvariable('previous_first') and getvariable('last')
        and is_chosen('country', country_name)
        and is_chosen('network', mccmnc)
        and is_chosen('sender', sender)
        and is_chosen('account', account_name)
        and is_chosen('source', source_name)
"""
# Each published table is read once: twice would cost twice, and groups of networks with senders
# would be many. Of the period before no points are drawn, so it has no buckets.
_SUMMED = """
    create temp table {name} as
    with chosen as ({rows}),

    keyed as (
        select *, case when is_current then bucket_of(mdr_date) end as bucket
        from chosen
    ),

    summed as (
        select
            is_current,
            bucket,
            mccmnc,
            if(grouping(sender) = 0, sender, null) as sender,
            {keys}
            {sums}
        from keyed
        group by grouping sets (({keys} bucket, mccmnc), ({keys} is_current, sender))
    )

    select
        * exclude (is_current, bucket),
        coalesce(is_current, bucket is not null) as is_current,
        first_day_of(bucket) as bucket_date
    from summed
"""
_VIEWS = {
    # null are the groups of networks: a record without a sender has the sender '(none)'
    "by_network": "create temp view {name}_by_network as from {name} where sender is null",
    "by_sender": "create temp view {name}_by_sender as from {name} where sender is not null",
}
# a network has one country and one name, a code one meaning: cheaper so than as keys
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
_FAILURE_SUMS = """
        any_value(country_name) as country_name,
        any_value(meaning) as meaning,
        any_value(reason_class) as reason_class,
        bool_and(is_documented) as is_documented,
        sum(segment_count) as segment_count
"""
_SUMMED_TABLES = {
    "delivery": ("delivery_daily", "currency,", _DELIVERY_SUMS),
    "receipts": ("latency_by_sender_daily", "", SUMS),
    "failures": ("failure_reasons_daily", "code_type, code,", _FAILURE_SUMS),
}
"""By name: the published table, further keys beside network or sender, and sums."""

_HOURS = "chosen_hours"


def choose(marts: Marts, selection: Selection) -> None:
    """Let later queries see what the selection chose, and the period of the same length before.

    The macro `is_chosen(filter, value)` says whether a filter lets a value through,
    `bucket_of(day)` gives the number of the day, week or month that a point of a line stands for.
    """
    filters = selection.filters
    marts.forget("is_chosen", "bucket_of", "first_day_of", _HOURS)
    for name in _SUMMED_TABLES:
        marts.forget(*(f"{name}_{which}" for which in _VIEWS), name)
    marts.define("is_chosen", _IS_CHOSEN)
    number, first_day = _BUCKETS[selection.bucket]
    marts.define("bucket_of", f"create temp macro bucket_of(mdr_date) as ({number})::integer")
    marts.define("first_day_of", f"create temp macro first_day_of(bucket) as {first_day}")
    marts.remember(
        first=selection.first,
        last=selection.last,
        previous_first=selection.previous_first,
        country=list(filters.country) or None,
        network=list(filters.network) or None,
        sender=list(filters.sender) or None,
        account=list(filters.account) or None,
        source=list(filters.source) or None,
    )


def need_chosen(marts: Marts, name: str) -> None:
    """Let queries name `<name>_by_network` and `<name>_by_sender`: delivery, receipts, failures.

    Both have `is_current`, false for the period before. Only the first has `bucket_date`, the first
    day of the day, week or month that a point of a line stands for, null in the period before.

    Raises:
        MissingMartError: the table is not published, or lacks a column that the page reads.
    """
    table, keys, sums = _SUMMED_TABLES[name]
    marts.need(table)
    rows = _ROWS.format(table=table)
    marts.define(name, _SUMMED.format(name=name, rows=rows, keys=keys, sums=sums))
    for which, view in _VIEWS.items():
        marts.define(f"{name}_{which}", view.format(name=name))


def need_chosen_hours(marts: Marts) -> None:
    """Let queries name `chosen_hours`, the rows of delivery_hourly as they are.

    Raises:
        MissingMartError: the table is not published, or lacks a column that the page reads.
    """
    marts.need("delivery_hourly")
    rows = _ROWS.format(table="delivery_hourly")
    marts.define(_HOURS, f"create temp view {_HOURS} as {rows}")
