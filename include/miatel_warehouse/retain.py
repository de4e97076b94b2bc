"""Retention: records of old days are dropped, their last good sums stay."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from miatel.errors import MiatelError
from miatel.lake.coverage import Coverage
from miatel.privacy.erasure import retire_day
from miatel.settings import Settings
from miatel_warehouse import unfinished
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.good_sums import put_back_good_sums
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.places import AccountPlaces, Places
from miatel_warehouse.publication import check_no_account_is_missing
from miatel_warehouse.refresh import refresh
from miatel_warehouse.withdraw import withdraw

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
    """A day of the last build that was green to its end, as its file was then."""

    day: date
    coverage: list[Coverage]
    rows: int
    is_retired: bool


@dataclass(frozen=True)
class Retired:
    """What retention did to an account's records, or would do.

    Attributes:
        days: the days retired, in order.
        rows: raw rows dropped.
        untested: those whose present sums no green build had tested. They have the sums of the last
            one that was, or none: completeness_daily says so.
    """

    days: list[date]
    rows: int
    untested: list[date]


@dataclass(frozen=True)
class _Due:
    """The days of an account that are older than the retention.

    Attributes:
        coverage: of each of them, as its file has it.
        to_retire: those with which something is left to do.
        untested: those whose present sums no green build has tested.
        retired: days that the last green build knew as retired.
        tested_rows: of each day, as the last green build counted them.
    """

    account: AccountPlaces
    coverage: dict[date, list[Coverage]]
    to_retire: list[date]
    untested: list[date]
    retired: list[date]
    tested_rows: dict[date, int]


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


def retain(places: Places, days: int, *, dry_run: bool = False) -> dict[str, Retired]:
    """Retire the days older than `days` GMT days, then have everything follow.

    Owed by law, so no build is asked: where one is red, the records go from raw files, warehouse
    and published tables all the same. Safe to stop at any time and to run again.

    Returns:
        What was done to each account's records, by its name.

    Raises:
        WarehouseError: there is no warehouse; or all records that are due are gone, and the build
            that was to follow is red.
        MiatelError: a raw file could not be read or written.
    """
    check_no_account_is_missing(places)
    first_kept = datetime.now(UTC).date() - timedelta(days=days)
    if dry_run:
        return {
            account.source_name: _would_retire(_due(account, first_kept))
            for account in places.landed
        }
    retired: dict[str, Retired] = {}
    done: list[_Due] = []
    stopped: list[MiatelError | WarehouseError] = []
    for account in places.landed:
        try:
            due = _due(account, first_kept)
            retired[account.source_name] = _retire(due)
            done.append(due)
        except (MiatelError, WarehouseError) as error:
            stopped.append(error)  # of this account; the others' records go all the same
    try:
        if done:
            _follow_if_due(places, done)
    except WarehouseError as error:
        raise WarehouseError(" ".join(map(str, [*stopped, error]))) from error
    if stopped:
        raise stopped[0]
    return retired


def _follow_if_due(places: Places, due: list[_Due]) -> None:
    is_new = any(one.to_retire for one in due)
    if is_new or not _is_published(places, {day for one in due for day in one.retired}):
        _follow(places, {one.account: list(one.coverage) for one in due})


def _due(account: AccountPlaces, first_kept: date) -> _Due:
    lake = account.open_lake()
    finished = {found.day: found for found in _finished_days(account)}
    coverage = {day: lake.coverage(day) for day in lake.days() if day < first_kept}
    tested = {
        day
        for day, found in coverage.items()
        if day in finished and finished[day].coverage == found
    }
    retired = {found.day for found in finished.values() if found.is_retired}
    return _Due(
        account,
        coverage,
        to_retire=[day for day in coverage if day not in retired & tested],
        untested=[day for day in coverage if day not in tested],
        retired=sorted(retired),
        tested_rows={day: found.rows for day, found in finished.items()},
    )


def _would_retire(due: _Due) -> Retired:
    rows = sum(due.tested_rows.get(day, 0) for day in due.to_retire)
    return Retired(due.to_retire, rows, due.untested)


def _retire(due: _Due) -> Retired:
    """Drop an account's records from its raw files."""
    if due.to_retire:
        unfinished.begin(due.account.warehouse)
    if due.untested and due.account.warehouse.is_file():
        put_back_good_sums(due.account.warehouse, due.untested)
    lake = due.account.open_lake()
    dropped = {day: retire_day(lake, day, due.coverage[day], _now()) for day in due.to_retire}
    # None: retired by a run that ended before the warehouse had followed
    rows_by_day = {day: count for day, count in dropped.items() if count is not None}
    return Retired(
        list(rows_by_day),
        sum(rows_by_day.values()),
        [day for day in due.untested if day in rows_by_day],
    )


def _follow(places: Places, due: dict[AccountPlaces, list[date]]) -> None:
    """Build and publish; where that fails, at least no record that is due stays anywhere."""
    try:
        refresh(places)
    except (WarehouseError, MiatelError) as error:
        withdraw(places, due)
        count = sum(map(len, due.values()))
        raise WarehouseError(
            f"The records of all {count:,} days that are due are gone from raw files, warehouse "
            "and published tables; else these are of the last good build. But the build that was "
            f"to follow failed: {error}"
        ) from error


def finish_left(places: Places) -> bool:
    """Have the warehouse follow the raw files where an earlier run was stopped before it had.

    Returns:
        Whether there was something left to do.

    Raises:
        WarehouseError: the warehouse could not follow.
        MiatelError: a raw file could not be read or written.
    """
    is_left = _is_unfinished(places)
    if is_left:
        refresh(places)
    return is_left


def _is_unfinished(places: Places) -> bool:
    return any(unfinished.is_unfinished(account.warehouse) for account in places.landed)


def _is_published(places: Places, retired: set[date]) -> bool:
    """Whether the published facts are without the retired days, and no run was stopped midway."""
    if _is_unfinished(places):
        return False
    if not retired or not places.bi.is_file():
        return not retired
    with open_warehouse(places.bi) as connection:
        found = connection.execute(
            "select count(*) from fct_mdr where mdr_date in (select unnest(?))", [sorted(retired)]
        ).fetchall()
    return int(found[0][0]) == 0


def _finished_days(account: AccountPlaces) -> Iterator[FinishedDay]:
    if account.is_further and not account.warehouse.is_file():
        return  # what was never built has no sums to lose
    with open_warehouse(account.warehouse) as connection:
        try:
            found = connection.execute(_FINISHED_DAYS).fetchall()
        except duckdb.CatalogException:
            log.warning("%s was never built whole with every test passed", account.warehouse)
            return
    for day, coverage, rows, is_retired in found:
        entries = [Coverage.from_json(entry) for entry in json.loads(coverage)]
        yield FinishedDay(day, entries, rows, is_retired)


def _now() -> datetime:
    return datetime.now(UTC)
