"""`retain`, `erase`, and what both do after the build, as a child does it that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miatel_warehouse.erase import erase
from miatel_warehouse.places import Places
from miatel_warehouse.refresh import put_in_place
from miatel_warehouse.retain import retain

from .seams import SEAMS, Point, Watch

FORGETTING_SEAMS = SEAMS.keys() - {"request", "part of a body"}
"""What these commands come to."""


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
        return Places.of_one(str(root / "lake"), root / "warehouse.duckdb", root / "bi.duckdb")


@dataclass(frozen=True)
class Calls:
    """The seams that a command comes to before dbt builds, and after it has built."""

    before_build: list[str]
    after_build: list[str]


def do(work: Work, environment: dict[str, str]) -> None:
    """Do the work undisturbed."""
    os.environ.update(environment)
    if work.command == "retain":
        retain(work.places, work.days)
    elif work.command == "erase":
        erase(work.places, work.number)
    else:
        put_in_place(work.places)


def do_and_note(work: Work, environment: dict[str, str], after_build: str | None = None) -> Calls:
    """Do the work undisturbed; the seams that it comes to, in their order.

    Args:
        work: what to do.
        environment: of the process.
        after_build: a directory to copy everything to when dbt has built.
    """
    run = subprocess.run
    watch = Watch()
    before = []

    def build_and_copy(command: list[str], **options: Any) -> Any:
        done = run(command, **options)
        before.extend(watch.calls)
        if after_build is not None:
            run(["cp", "-a", work.root, after_build], check=True)
        return done

    subprocess.run = build_and_copy  # type: ignore[assignment]
    do(work, environment)
    return Calls(before, watch.calls[len(before) :])


def do_and_die(work: Work, environment: dict[str, str], point: Point) -> None:
    """Do the work, but be killed at a point; by SIGTERM where dbt would build before it is met.

    On what an earlier kill left there is less to do, and a build takes long.
    """
    subprocess.run = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)  # type: ignore[assignment]
    Watch().die_at(point)
    do(work, environment)


def do_and_die_in_build(work: Work, environment: dict[str, str], seconds: float) -> None:
    """Do the work, but be killed with dbt when that has worked for so long."""

    def build_and_die(command: list[str], **options: Any) -> None:
        options.pop("check")
        child = subprocess.Popen(command, **options)
        time.sleep(seconds)
        child.kill()
        child.wait()
        os.kill(os.getpid(), signal.SIGKILL)

    subprocess.run = build_and_die  # type: ignore[assignment]
    do(work, environment)
