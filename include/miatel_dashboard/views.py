"""The views of the page: each is registered once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from miatel_dashboard.marts import Marts
from miatel_dashboard.panels.answers import answers
from miatel_dashboard.panels.cost import cost
from miatel_dashboard.panels.delivery import delivery
from miatel_dashboard.panels.doubts import (
    gaps,
    identity,
    implausible_receipts,
    late_records,
    unpriced,
    warnings,
)
from miatel_dashboard.panels.failures import failures
from miatel_dashboard.panels.latency import latency
from miatel_dashboard.panels.overview import latency_overview, overview
from miatel_dashboard.panels.prices import prices
from miatel_dashboard.panels.tables import networks, senders
from miatel_dashboard.panels.trust import coverage, freshness, unknown_codes
from miatel_dashboard.panels.watch import watch
from miatel_dashboard.panels.week import week

Query = Callable[[Marts], Any]
"""What a view shows, from the published tables; it stands in the page's data by its own name."""


@dataclass(frozen=True)
class View:
    """A part of the page that shows one thing.

    Its script `page/js/views/<name>.js` draws it, its texts in the catalogue begin with
    `<name>.`, and the link `?view=<name>` opens the page at it.

    Attributes:
        name: of its section, script, texts and link.
        layout: CSS classes of its section; those of a `panel` stand in the page's grid.
        queries: what it shows of the selection.
        facts: what it shows that no filter changes.
    """

    name: str
    layout: str
    queries: tuple[Query, ...] = ()
    facts: tuple[Query, ...] = ()

    @property
    def script(self) -> str:
        """Path of the module that draws it, in the page's folder."""
        return f"js/views/{self.name}.js"

    @property
    def is_panel(self) -> bool:
        """Whether it stands in the grid, with a title; else above it."""
        return "panel" in self.layout.split()


_DOUBTS = (unpriced, implausible_receipts, late_records, gaps, identity)
"""What the answers say in short, too."""

VIEWS: tuple[View, ...] = (
    View("answers", "answers", (answers,), (freshness, *_DOUBTS)),
    View("overview", "tiles", (overview, latency_overview)),
    View("delivery", "panel wide", (delivery,)),
    View("messages", "panel", (delivery,)),
    View("failures", "panel half", (failures,)),
    View("failures-time", "panel half", (failures,)),
    View("latency", "panel half", (latency,)),
    View("cost", "panel half", (overview, cost, prices)),
    View("week", "panel half", (week,)),
    View("watch", "panel half", (watch,)),
    View("networks", "panel full", (overview, networks)),
    View("senders", "panel full", (overview, senders)),
    View("trust", "panel full", (), (freshness, coverage, unknown_codes, *_DOUBTS, warnings)),
)
"""In the order in which they stand on the page."""


def queries_of(views: Iterable[View]) -> dict[str, Query]:
    """By name, what the filters change; once what several views show."""
    return {query.__name__: query for view in views for query in view.queries}


def facts_of(views: Iterable[View]) -> dict[str, Query]:
    """By name, what no filter changes."""
    return {query.__name__: query for view in views for query in view.facts}
