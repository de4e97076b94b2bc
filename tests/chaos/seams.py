"""The seams at which what stands on disk changes, and how a child is made to die at one of them.

What a killed process leaves is decided by the calls below alone: between two of them nothing
changes on disk, nor at the vendor, so whatever else the product does there, a kill leaves the same.
They are calls of the system and of libraries; the product knows nothing of this, and its functions
may be named and cut as they like.
"""

from __future__ import annotations

import fcntl
import functools
import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import requests
import urllib3.response

SEAMS: dict[str, tuple[Any, str]] = {
    "request": (requests.Session, "send"),
    "part of a body": (urllib3.response.HTTPResponse, "read"),
    "lock or free": (fcntl, "flock"),
    "make a directory": (os, "mkdir"),
    "make a file": (os, "open"),
    "write text": (Path, "write_text"),
    "write rows": (pq.ParquetWriter, "write_table"),
    "write a footer": (pq.ParquetWriter, "add_key_value_metadata"),
    "close a file of rows": (pq.ParquetWriter, "close"),
    "give rights": (os, "chmod"),
    "flush": (os, "fsync"),
    "put in place": (os, "replace"),
    "give a second name": (os, "link"),
    "remove": (os, "unlink"),
    "run SQL": (duckdb.DuckDBPyConnection, "execute"),
}
"""Name of a seam → where the function stands."""

BODY_BYTES = 4096


@dataclass(frozen=True, order=True)
class Point:
    """Before or after the n-th call (from 1) at a seam."""

    seam: str
    when: str
    nth: int

    def __str__(self) -> str:
        return f"{self.when} {self.seam} #{self.nth}"


class Watch:
    """Notes the calls at every seam of this process, and does something at one of them.

    Bodies come in small parts from here on, as large ones do.

    Attributes:
        calls: the seam of each call so far, in their order.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._counts: Counter[str] = Counter()
        self._point: Point | None = None
        self._act: Callable[[], Any] = int
        for seam, (owner, name) in SEAMS.items():
            setattr(owner, name, self._watched(seam, getattr(owner, name)))

    def die_at(self, point: Point) -> None:
        """Be killed at a point."""
        self.act_at(point, lambda: os.kill(os.getpid(), signal.SIGKILL))

    def act_at(self, point: Point, act: Callable[[], Any]) -> None:
        """Do something at a point."""
        self._point, self._act = point, act

    def _watched(self, seam: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            if seam == "make a file" and not arguments[1] & os.O_CREAT:
                return function(*arguments, **options)
            if seam == "part of a body" and options.get("amt"):
                options["amt"] = min(options["amt"], BODY_BYTES)
            self.calls.append(seam)
            self._counts[seam] += 1
            nth = self._counts[seam]
            self._act_if(Point(seam, "before", nth))
            try:
                return function(*arguments, **options)
            finally:  # a request that broke is a call, too
                self._act_if(Point(seam, "after", nth))

        return watched

    def _act_if(self, here: Point) -> None:
        if here == self._point:
            self._act()


def points_of(calls: list[str]) -> list[Point]:
    """Every point of a run, in the order of its calls."""
    counts: Counter[str] = Counter()
    found = []
    for seam in calls:
        counts[seam] += 1
        found += [Point(seam, when, counts[seam]) for when in ("before", "after")]
    return found


def spread(found: Iterable[Any], each: int, chance: random.Random) -> list[Any]:
    """Some points of each seam: one by chance from each of as many equal parts of its points.

    Args:
        found: points, or tuples that end with one.
        each: how many of a seam.
        chance: draws them.

    Returns:
        The points, or tuples, in the order in which they were given.
    """
    by_seam: dict[str, list[int]] = defaultdict(list)
    found = list(found)
    for place, one in enumerate(found):
        point = one if isinstance(one, Point) else one[-1]
        by_seam[point.seam].append(place)
    chosen = []
    for places in by_seam.values():
        parts = min(each, len(places))
        bounds = [len(places) * part // parts for part in range(parts + 1)]
        chosen += [places[chance.randrange(*bound)] for bound in pairwise(bounds)]
    return [found[place] for place in sorted(chosen)]
