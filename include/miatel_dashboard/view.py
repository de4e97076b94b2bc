"""The page's data: `status` for what no filter changes, `view` for what they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from miatel_dashboard.chosen import choose
from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.answers import answers
from miatel_dashboard.panels.choices import choices, period
from miatel_dashboard.panels.cost import cost
from miatel_dashboard.panels.delivery import delivery
from miatel_dashboard.panels.doubts import (
    gaps,
    identity,
    implausible_receipts,
    late_records,
    unpriced,
)
from miatel_dashboard.panels.failures import failures
from miatel_dashboard.panels.latency import latency
from miatel_dashboard.panels.overview import latency_overview, overview
from miatel_dashboard.panels.prices import prices
from miatel_dashboard.panels.tables import networks, senders
from miatel_dashboard.panels.trust import coverage, freshness, unknown_codes
from miatel_dashboard.panels.watch import watch
from miatel_dashboard.panels.week import week
from miatel_dashboard.selection import Filters, resolve

Panel = Callable[[Marts], Any]

STATUS_PANELS: dict[str, Panel] = {
    "choices": choices,
    "freshness": freshness,
    "coverage": coverage,
    "unknown_codes": unknown_codes,
    "unpriced": unpriced,
    "implausible_receipts": implausible_receipts,
    "late_records": late_records,
    "gaps": gaps,
    "identity": identity,
}
VIEW_PANELS: dict[str, Panel] = {
    "answers": answers,
    "overview": overview,
    "latency_overview": latency_overview,
    "delivery": delivery,
    "failures": failures,
    "latency": latency,
    "cost": cost,
    "prices": prices,
    "week": week,
    "networks": networks,
    "senders": senders,
    "watch": watch,
}


def status(marts: Marts) -> dict[str, Any]:
    """What no filter changes: what can be chosen, and whether the data can be trusted."""
    return {name: _show(panel, marts) for name, panel in STATUS_PANELS.items()}


def view(marts: Marts, filters: Filters) -> dict[str, Any]:
    """Everything the filters change.

    Returns:
        `period`: the chosen days, the ones before, and what is landed; then a part a panel. A
        part whose table is not there is {"missing": what to run}.
    """
    try:
        landed = period(marts)
    except MissingMartError as error:
        return {"period": None, "missing": str(error)}
    if landed["last"] is None:
        return {"period": None, "missing": "No message has been landed yet. " + _LAND}
    selection = resolve(filters, landed["first"], landed["last"])
    choose(marts, selection)
    days = {
        "first": selection.first,
        "last": selection.last,
        "day_count": selection.day_count,
        "previous_first": selection.previous_first,
        "is_previous_landed": selection.previous_first >= landed["first"],
        "landed_first": landed["first"],
        "landed_last": landed["last"],
        "bucket": selection.bucket,
    }
    return {"period": days, **{name: _show(panel, marts) for name, panel in VIEW_PANELS.items()}}


_LAND = (
    "Run the DAG miatel_history for the days you want; miatel_transform follows by itself. "
    "Or see it with simulated traffic: `make demo`."
)


def to_json(content: Any) -> bytes:
    """JSON of what the panels give; money is exact, as text."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def _show(panel: Panel, marts: Marts) -> Any:
    try:
        return panel(marts)
    except MissingMartError as error:
        return {"missing": str(error)}


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
