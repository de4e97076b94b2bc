"""The page's data: `status` for what no filter changes, `view` for what they do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from miatel_dashboard import views
from miatel_dashboard.chosen import choose
from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.choices import choices, period
from miatel_dashboard.selection import Filters, resolve
from miatel_dashboard.texts import text


def status(marts: Marts) -> dict[str, Any]:
    """What no filter changes: what can be chosen, and whether the data can be trusted."""
    facts = {"choices": choices, **views.facts_of(views.VIEWS)}
    return {name: _answer(query, marts) for name, query in facts.items()}


def view(marts: Marts, filters: Filters) -> dict[str, Any]:
    """Everything the filters change.

    Returns:
        `period`: the chosen days, the ones before, and what is landed; then a part a query. A
        part whose table is not there is {"missing": what to run}.
    """
    try:
        landed = period(marts)
    except MissingMartError as error:
        return {"period": None, "missing": str(error)}
    if landed["last"] is None:
        return {"period": None, "missing": text("error.nothing_landed")}
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
    shown = {name: _answer(query, marts) for name, query in views.queries_of(views.VIEWS).items()}
    return {"period": days, **shown}


def to_json(content: Any) -> bytes:
    """JSON of what the panels give; money is exact, as text."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def _answer(query: views.Query, marts: Marts) -> Any:
    try:
        return query(marts)
    except MissingMartError as error:
        return {"missing": str(error)}


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
