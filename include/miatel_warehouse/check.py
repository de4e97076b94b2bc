"""The lake before a build: days of format 1 rewritten as format 2, every file to be read checked.

dbt alone knows which days its models will read, so it checks those by itself (`dbt_plugin`). Here
stands what both use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from miatel.errors import DamagedFileError, LakeError, NewerFormatError
from miatel.lake.coverage import decode_footer
from miatel.lake.lake import Lake, day_file
from miatel.lake.upgrade import upgrade_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.footers import read_footers
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.sql_paths import check_name

_PROBES = 8
_RECORDED = """
    select mdr_date, output_version
    from state.day_versions
    where model_name = 'stg_miatel__day_files'
"""


def check_lake(
    lake: Lake, warehouse: Path, on_progress: Callable[[str], None] = lambda _: None
) -> int:
    """Rewrite days of format 1, and check each day file that the warehouse has not read yet.

    Args:
        lake: local or on an object store.
        warehouse: the DuckDB file that dbt builds; may not be there yet.
        on_progress: called with a line now and then.

    Returns:
        How many day files were checked.

    Raises:
        WarehouseError: days are damaged, which are named; nothing was built. Or the warehouse
            cannot be read.
        LakeError: a day cannot be read or written.
    """
    check_name(warehouse)
    upgrade_lake(lake, datetime.now(UTC), on_progress).check()
    days = _unread_days(lake, warehouse)
    damaged = damaged_days(lake, days)
    if damaged:
        raise WarehouseError(f"Nothing was built: {describe_damage(damaged)}")
    return len(days)


def damaged_days(lake: Lake, days: Iterable[date]) -> dict[date, str]:
    """Which of these days have a file that is not as it was written, and what is wrong with it."""

    def find(day: date) -> str | None:
        try:
            _check_day(lake, day)
        except NewerFormatError:
            raise
        except LakeError as error:
            return str(error)
        return None

    ordered = sorted(days)
    with ThreadPoolExecutor(_PROBES, thread_name_prefix="miatel-check") as pool:
        found = list(pool.map(find, ordered))
    return {day: wrong for day, wrong in zip(ordered, found, strict=True) if wrong}


def describe_damage(damaged: dict[date, str]) -> str:
    """One message about damaged days: which they are, the first reason, and the cure."""
    named = ", ".join(f"{day}" for day in damaged)
    first = next(iter(damaged.values()))
    return (
        f"{len(damaged)} of the day files to be read cannot be used: {named}. {first} Days of "
        "format 1 are rewritten by `python -m miatel_warehouse check`; what is damaged is cured by "
        "miatel_history over its whole day with reload."
    )


def _unread_days(lake: Lake, warehouse: Path) -> list[date]:
    known = _recorded(warehouse)
    footers = read_footers(lake)
    return [day for day, row in footers.items() if not row or known.get(day) != row["fingerprint"]]


def _recorded(warehouse: Path) -> dict[date, str]:
    if not warehouse.is_file():
        return {}
    with open_warehouse(warehouse) as connection:
        try:
            return dict(connection.execute(_RECORDED).fetchall())
        except duckdb.CatalogException:
            return {}


def _check_day(lake: Lake, day: date) -> None:
    path = day_file(day)
    file = lake.open_checked(path)
    if file is None:
        return
    with file:
        if "record_key" not in file.schema_arrow.names:
            raise DamagedFileError(f"{path} is of format 1, whose rows have no keys.")
        decode_footer(file.metadata.metadata, path)
