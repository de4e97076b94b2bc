"""A lake's published marts as the page's JSON, kept until the marts change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any

from miatel_dashboard.marts import TABLES, Marts, open_marts
from miatel_dashboard.page_data import status, to_json, view
from miatel_dashboard.published import PublishedTables
from miatel_dashboard.selection import parse_filters

KEPT_ANSWERS = 64
"""About 100 KB each."""


class Source:
    """Answers the page's requests from one lake; may be shared by threads."""

    def __init__(self, lake: str) -> None:
        self._published = PublishedTables(lake, TABLES)
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def status(self) -> bytes:
        """JSON of `status`: what no filter changes."""
        return self._answer("status", status)

    def view(self, query: Mapping[str, Sequence[str]]) -> bytes:
        """JSON of `view` for the filters of a URL.

        Raises:
            BadFilterError: the filters make no sense.
        """
        filters = parse_filters(query)
        return self._answer(filters, lambda marts: view(marts, filters))

    def _answer(self, what: Hashable, ask: Callable[[Marts], Any]) -> bytes:
        files = self._published.files()
        key = (files.version, what)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with open_marts(files) as marts:
            content = to_json(ask(marts))
        with self._lock:
            self._kept[key] = content
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return content
