"""Retention: records of old days are dropped, their sums stay."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from miatel.clearing import retire_day
from miatel.coverage import Coverage
from miatel.lake import open_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.refresh import Places, refresh

DAYS_VARIABLE = "MIATEL_RETENTION_DAYS"
LEAST_DAYS = 4
"""The daily run asks for receipts of the last 72 hours."""

_FINISHED_DAYS = """
    select mdr_date, coverage_json, row_count, is_retired
    from state.finished_days
    order by mdr_date
"""


@dataclass(frozen=True)
class FinishedDay:
    """A day whose sums are built and tested, as its file was then."""

    day: date
    coverage: list[Coverage]
    rows: int
    is_retired: bool


@dataclass(frozen=True)
class Retired:
    """What retention did, or would do.

    Attributes:
        days: the days retired, in order.
        rows: raw rows dropped.
        waiting: days that are old enough but were left: their sums are not finished yet.
    """

    days: list[date]
    rows: int
    waiting: list[date]


def days_to_keep(given: int | None) -> int | None:
    """The retention in days: what was given, else `MIATEL_RETENTION_DAYS`; None keeps all.

    Raises:
        WarehouseError: it is no number of days, or fewer than the daily run still works on.
    """
    text = os.environ.get(DAYS_VARIABLE, "").strip() if given is None else str(given)
    if not text:
        return None
    if not text.isdecimal() or int(text) < LEAST_DAYS:
        raise WarehouseError(
            f"A retention of {text!r} days is not possible: give a number from {LEAST_DAYS} on "
            f"({DAYS_VARIABLE} or --days). Nothing was dropped."
        )
    return int(text)


def retain(places: Places, days: int, *, dry_run: bool = False) -> Retired:
    """Retire the days older than `days` GMT days whose sums are finished, then have all follow.

    Safe to stop at any time and to run again.

    Raises:
        WarehouseError: there is no warehouse, or it could not follow.
        MiatelError: a raw file could not be read or written.
    """
    first_kept = datetime.now(UTC).date() - timedelta(days=days)
    lake = open_lake(places.lake)
    finished = {found.day: found for found in _finished_days(places)}
    old = [day for day in lake.days() if day < first_kept]
    retired: list[date] = []
    waiting: list[date] = []
    rows, behind = 0, False
    for day in old:
        known = finished.get(day)
        # the oldest first and none before another, because messages may go on after midnight
        if waiting or known is None or known.coverage != lake.coverage(day):
            waiting.append(day)
            continue
        if known.is_retired:
            continue
        dropped = known.rows if dry_run else retire_day(lake, day, known.coverage, _now())
        if dropped is None:  # retired by a run that ended before the warehouse had followed
            behind = True
        else:
            retired.append(day)
            rows += dropped
    if not dry_run and (retired or behind):
        refresh(places)
    return Retired(retired, rows, waiting)


def _finished_days(places: Places) -> Iterator[FinishedDay]:
    with open_warehouse(places.warehouse) as connection:
        try:
            found = connection.execute(_FINISHED_DAYS).fetchall()
        except duckdb.CatalogException as error:
            raise WarehouseError(
                f"{places.warehouse} was never built whole with every test passed, so no sums are "
                "safe. Run the DAG miatel_transform first. Nothing was dropped."
            ) from error
    for day, coverage, rows, is_retired in found:
        entries = [Coverage.from_json(entry) for entry in json.loads(coverage)]
        yield FinishedDay(day, entries, rows, is_retired)


def _now() -> datetime:
    return datetime.now(UTC)
