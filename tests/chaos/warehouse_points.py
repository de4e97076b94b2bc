"""Every step of `retain`, `erase`, `compact` and `publish` at which a process may die.

As in crash_points.py the product knows nothing of this: functions are wrapped in the child.
"""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import miatel.privacy.erasure
import miatel.store.directory
import miatel.store.scratch
import miatel_warehouse.erase
import miatel_warehouse.forget
import miatel_warehouse.publish
import miatel_warehouse.refresh
import miatel_warehouse.retain
import miatel_warehouse.unfinished
from miatel_warehouse.refresh import Places

from .crash_points import Point

BEFORE_BUILD: dict[str, tuple[Any, str]] = {
    "note": (miatel_warehouse.unfinished, "begin"),
    "check the lake": (miatel_warehouse.refresh, "check_lake"),
    "retire a day": (miatel_warehouse.retain, "retire_day"),
    "upgrade": (miatel_warehouse.erase, "upgrade_lake"),
    "list the number": (miatel.privacy.erasure, "add_erased_number"),
    "clear a day": (miatel.privacy.erasure, "_erase_in_day"),
    "write cleared rows": (miatel.privacy.erasure, "rewrite_rows"),
    "forget in the warehouse": (miatel_warehouse.refresh, "forget_in_warehouse"),
    "replace values": (miatel_warehouse.forget, "_replace"),
}
"""Steps that a run takes before dbt builds."""

AFTER_BUILD: dict[str, tuple[Any, str]] = {
    "compact": (miatel_warehouse.refresh, "compact"),
    "logs": (miatel_warehouse.refresh, "_logs_of"),
    "what was spilled": (miatel_warehouse.refresh, "_remove_spilled"),
    "put the compacted file": (miatel_warehouse.refresh, "move_scratch"),
    "publish": (miatel_warehouse.refresh, "publish"),
    "rights": (miatel_warehouse.publish, "_give_rights"),
    "write a mart": (miatel_warehouse.publish, "_write_parquet"),
    "write the published file": (miatel_warehouse.publish, "_write_bi"),
    "put a file": (miatel.store.directory.DirectoryStore, "replace"),
    "remove marts": (miatel_warehouse.publish, "_remove_all_but"),
    "put a published file": (miatel_warehouse.publish, "move_scratch"),
    "rename": (Path, "replace"),
    "fsync": (os, "fsync"),
    "sweep": (miatel.store.scratch, "_sweep"),
    "end": (miatel_warehouse.unfinished, "finish"),
}
"""Steps that a run takes when dbt has built."""


@dataclass(frozen=True)
class Work:
    """What to run, and where.

    Attributes:
        command: retain, erase, or place: what both do after the build.
        root: directory that holds all.
        number: the number to erase.
        days: the retention.
    """

    command: str
    root: str
    number: str
    days: int

    @property
    def places(self) -> Places:
        """Lake, warehouse and published file below the root."""
        root = Path(self.root)
        return Places(str(root / "lake"), root / "warehouse.duckdb", root / "bi.duckdb")


def do(work: Work, environment: dict[str, str]) -> None:
    """Do the work undisturbed."""
    os.environ.update(environment)
    if work.command == "retain":
        miatel_warehouse.retain.retain(work.places, work.days)
    elif work.command == "erase":
        miatel_warehouse.erase.erase(work.places, work.number)
    else:
        miatel_warehouse.refresh.put_in_place(work.places)


def do_and_count(
    work: Work, environment: dict[str, str], after_build: str | None = None
) -> Counter[str]:
    """Do the work undisturbed; how often each step is taken.

    Args:
        work: what to do.
        environment: of the process.
        after_build: a directory to copy everything to when dbt has built.
    """
    calls = _Calls(None)
    if after_build is not None:
        build = miatel_warehouse.refresh.build

        def build_and_copy(places: Places, *options: str) -> None:
            build(places, *options)
            subprocess.run(["cp", "-a", work.root, after_build], check=True)

        miatel_warehouse.refresh.build = build_and_copy
    do(work, environment)
    return calls.counts


def do_and_die(work: Work, environment: dict[str, str], point: Point) -> None:
    """Do the work, but be killed at a point."""
    _Calls(point)
    do(work, environment)


def do_and_die_in_build(work: Work, environment: dict[str, str], seconds: float) -> None:
    """Do the work, but be killed with dbt when that has worked for so long."""
    run = subprocess.run

    def run_and_die(command: list[str], **options: Any) -> Any:
        if "build" not in command:
            return run(command, **options)
        options.pop("check")
        child = subprocess.Popen(command, **options)
        time.sleep(seconds)
        child.kill()
        child.wait()
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    miatel_warehouse.refresh.subprocess.run = run_and_die
    do(work, environment)


class _Calls:
    """Counts the calls of every step, and dies at one of them."""

    def __init__(self, point: Point | None) -> None:
        self.counts: Counter[str] = Counter()
        self._point = point
        for site, (owner, name) in {**BEFORE_BUILD, **AFTER_BUILD}.items():
            setattr(owner, name, self._watched(site, getattr(owner, name)))

    def _watched(self, site: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            self.counts[site] += 1
            nth = self.counts[site]
            self._die_at(Point(site, "before", nth))
            value = function(*arguments, **options)
            self._die_at(Point(site, "after", nth))
            return value

        return watched

    def _die_at(self, here: Point) -> None:
        if here == self._point:
            os.kill(os.getpid(), signal.SIGKILL)
