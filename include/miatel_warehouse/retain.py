"""Retention: records of old days are dropped, their sums stay."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from miatel.lake.coverage import Coverage
from miatel.privacy.erasure import retire_day
from miatel.settings import Settings
from miatel_warehouse import unfinished
from miatel_warehouse.check import check_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.refresh import Places, refresh

log = logging.getLogger(__name__)

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
        SettingError: the variable is no number.
        WarehouseError: it is fewer days than the daily run still works on.
    """
    days = Settings.from_environment().retention_days if given is None else given
    if days is not None and days < LEAST_DAYS:
        raise WarehouseError(
            f"A retention of {days} days is not possible: give a number from {LEAST_DAYS} on "
            "(MIATEL_RETENTION_DAYS or --days). Nothing was dropped."
        )
    return days


def retain(places: Places, days: int, *, dry_run: bool = False) -> Retired:
    """Retire the days older than `days` GMT days whose sums are finished, then have all follow.

    Safe to stop at any time and to run again.

    Raises:
        WarehouseError: there is no warehouse, or it could not follow.
        MiatelError: a raw file could not be read or written.
    """
    first_kept = datetime.now(UTC).date() - timedelta(days=days)
    lake = places.open_lake()
    finished = {found.day: found for found in _finished_days(places)}
    old = [day for day in lake.days() if day < first_kept]
    if old and not dry_run:
        check_lake(lake, places.warehouse, log.info)
    to_retire: list[FinishedDay] = []
    waiting: list[date] = []
    for day in old:
        known = finished.get(day)
        # the oldest first and none before another, because messages may go on after midnight
        if waiting or known is None or known.coverage != lake.coverage(day):
            waiting.append(day)
        elif not known.is_retired:
            to_retire.append(known)
    if dry_run:
        return Retired([one.day for one in to_retire], sum(one.rows for one in to_retire), waiting)
    if to_retire:
        unfinished.begin(places.warehouse)
    dropped = {one.day: retire_day(lake, one.day, one.coverage, _now()) for one in to_retire}
    if to_retire or not _is_published(places, [one.day for one in finished.values()
                                               if one.is_retired]):  # fmt: skip
        refresh(places)
    # None: retired by a run that ended before the warehouse had followed
    rows = {day: count for day, count in dropped.items() if count is not None}
    return Retired(list(rows), sum(rows.values()), waiting)


def finish_left(places: Places) -> bool:
    """Have the warehouse follow the raw files where an earlier run was stopped before it had.

    Returns:
        Whether there was something left to do.

    Raises:
        WarehouseError: the warehouse could not follow.
        MiatelError: a raw file could not be read or written.
    """
    is_left = unfinished.is_unfinished(places.warehouse)
    if is_left:
        refresh(places)
    return is_left


def _is_published(places: Places, retired: list[date]) -> bool:
    """Whether the published facts are without the retired days, and no run was stopped midway."""
    if unfinished.is_unfinished(places.warehouse):
        return False
    if not retired or not places.bi.is_file():
        return not retired
    with open_warehouse(places.bi) as connection:
        found = connection.execute(
            "select count(*) from fct_mdr where mdr_date in (select unnest(?))", [retired]
        ).fetchall()
    return int(found[0][0]) == 0


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
