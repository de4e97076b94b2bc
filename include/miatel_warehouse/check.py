"""The lake before a build: days of format 1 rewritten as format 2, every file to be read checked.

dbt alone knows which days its models will read, so it checks those by itself (`dbt_plugin`). Here
stands what both use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import jinja2

from miatel.errors import DamagedFileError, LakeError, NewerFormatError
from miatel.lake.coverage import decode_footer
from miatel.lake.lake import Lake, day_file
from miatel.lake.upgrade import upgrade_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.sql_paths import check_name, quoted_file

_MACRO = Path(__file__).resolve().parents[2] / "dbt_project" / "macros" / "day_files.sql"
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
        on_progress: takes a line now and then.

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
        raise WarehouseError(f"Nothing was built: {tell_damaged(damaged)}")
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


def tell_damaged(damaged: dict[date, str]) -> str:
    """One message about damaged days: which they are, the first reason, and the cure."""
    named = ", ".join(f"{day}" for day in damaged)
    first = next(iter(damaged.values()))
    return (
        f"{len(damaged)} of the day files to be read cannot be used: {named}. {first} Days of "
        "format 1 are rewritten by `python -m miatel_warehouse check`; what is damaged is cured by "
        "miatel_history over its whole day with reload."
    )


def footers_sql(pattern: str) -> str:
    """The SQL by which dbt reads the footers, over the files of a pattern.

    Args:
        pattern: as it stands between the quotes of a SQL text.
    """
    return _footers_template().replace("\0pattern\0", pattern)


def connect_to(lake: Lake) -> duckdb.DuckDBPyConnection:
    """A DuckDB session of its own that can read the lake's files."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    scheme, separator, _ = lake.root.partition("://")
    if separator and scheme != "file":
        connection.register_filesystem(fsspec.filesystem(scheme))
    connection.execute("set TimeZone = 'UTC'")
    return connection


def read_fingerprints(lake: Lake) -> dict[date, str] | None:
    """Each day file's fingerprint, as dbt computes it; None where DuckDB cannot read a footer."""
    if not lake.days():
        return {}
    root = lake.root.removeprefix("file://").rstrip("/")
    pattern = f"{quoted_file(root)[1:-1]}/raw/mdr/mdr_date=*/mdr.parquet"
    with connect_to(lake) as connection:
        try:
            rows = connection.execute(
                f"select mdr_date, fingerprint from ({footers_sql(pattern)})"  # noqa: S608
            ).fetchall()
        except duckdb.Error:
            return None
    return dict(rows)


def _unread_days(lake: Lake, warehouse: Path) -> list[date]:
    fingerprints = read_fingerprints(lake)
    if fingerprints is None:
        return lake.days()
    known = _recorded(warehouse)
    return [day for day, found in fingerprints.items() if known.get(day) != found]


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


@cache
def _footers_template() -> str:
    """The macro of dbt's that makes the SQL, so that both compute the same fingerprint."""
    given: dict[str, Any] = {"day_files_pattern": lambda: "\0pattern\0", "return": str}
    template = jinja2.Environment(autoescape=False).from_string(  # noqa: S701  SQL, no page
        _MACRO.read_text(encoding="utf-8"), globals=given
    )
    macro: Callable[[], str] = template.module.duckdb__day_file_footers  # type: ignore[attr-defined]
    return str(macro())
