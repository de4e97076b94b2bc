"""An extraction as a child does it that is killed, or loses its lake, at a seam."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import miatel.lake.day_merge
import miatel.lake.parquet_io
from miatel.lake.day_file import DayFile

from .extraction import Job, extract
from .seams import SEAMS, Point, Watch

EXTRACTION_SEAMS = SEAMS.keys() - {"run SQL", "give a second name"}
"""What an extraction comes to."""


def extract_and_die(job: Job, point: Point | None) -> dict[str, Any]:
    """Do a job in small parts, but be killed at a point."""
    watch = _work_in_small_parts()
    if point is not None:
        watch.die_at(point)
    return extract(job)


def extract_while_lake_vanishes(job: Job, point: Point) -> dict[str, Any]:
    """Do a job in small parts; at a point its lake is moved to a name with `-gone` at the end."""
    lake = Path(job.lake)
    _work_in_small_parts().act_at(point, lambda: lake.rename(f"{lake}-gone"))
    return extract(job)


def extract_and_note(job: Job) -> list[str]:
    """Do a job undisturbed; the seams that it comes to, in their order."""
    watch = _work_in_small_parts()
    extract(job)
    return watch.calls


def vanish_at_a_merge(vanish: Callable[[], Any]) -> None:
    """From here on the lake vanishes when a second day is about to be landed."""
    land, landed = DayFile.land, []

    def land_and_vanish(day: DayFile, **options: Any) -> Any:
        landed.append(day)
        if len(landed) == 2:
            vanish()
        return land(day, **options)

    DayFile.land = land_and_vanish  # type: ignore[method-assign]


def _work_in_small_parts() -> Watch:
    """As in a day of millions of records: bodies in several parts, days in several row groups."""
    miatel.lake.parquet_io.ROW_GROUP_ROWS = 30
    miatel.lake.day_merge.ROW_GROUP_ROWS = 30
    return Watch()
