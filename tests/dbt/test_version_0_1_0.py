"""A lake and a warehouse that 0.1.0 made: built anew by this version, nothing of them is lost."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel import open_lake, upgrade_lake
from tests.support.version_0_1_0 import Unpacked, unpack

from .dbt_server import WITHOUT_ARTIFACTS, run_dbt

NONE_COLUMNS = {
    *("mccmnc", "network_name", "country_code", "country_name"),
    *("sender", "account_name", "currency"),
}
RETIRED = "mdr_date in (select mdr_date from state.retired_days)"


@dataclass(frozen=True)
class Renamed:
    """A table that keeps the sums of retired days, by its names then and now.

    Attributes:
        then: its name in 0.1.0.
        now: its present name.
        columns: its columns that were renamed, then and now; the others are the same.
        none: what stood where a record has no network, account or sender; '(none)' does now.
    """

    then: str
    now: str
    columns: tuple[tuple[str, str], ...] = ()
    none: str | None = None

    def sums(self, warehouse: Path, *, renamed: bool) -> list[tuple[Any, ...]]:
        """The rows of its retired days in a warehouse of then or now."""
        table = self.now if renamed else self.then
        swapped = ", ".join(f"{then} as {now}" for then, now in self.columns)
        columns = "*" if renamed or not swapped else f"* rename ({swapped})"
        names = [
            name for (name,) in query(warehouse, f"select column_name from (describe from {table})")
        ]
        assert {*names} >= {pair[renamed] for pair in self.columns}
        rows = query(
            warehouse, f"select columns(*) from (select {columns} from {table}) where {RETIRED}"
        )
        if not renamed:
            rows = [
                tuple(
                    "(none)" if name in NONE_COLUMNS and value == self.none else value
                    for name, value in zip(names, row, strict=True)
                )
                for row in rows
            ]
        return sorted(rows, key=repr)


RENAMED = [
    Renamed("intermediate.int_settling_daily", "intermediate.int_receipt_ages_daily"),
    Renamed(
        "intermediate.int_watch_hourly",
        "intermediate.int_watch_hourly",
        (("settled_message_count", "stable_message_count"),),
        none="unknown",
    ),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    """The fixture's lake rewritten and its warehouse built, with every test, by this version."""
    old = unpack(tmp_path_factory.mktemp("version_0_1_0"))
    upgrade_lake(open_lake(old.lake), datetime.now(UTC)).check()
    build(old, old.warehouse)
    return old


def build(old: Unpacked, warehouse: Path, *arguments: str) -> None:
    """Run `dbt build` with all its tests but unit tests on a warehouse over the fixture's lake."""
    done = run_dbt(
        ["build", "--exclude-resource-type", "unit_test", *arguments],
        warehouse.parent,
        os.environ
        | WITHOUT_ARTIFACTS
        | {
            "MIATEL_LAKE": str(old.lake),
            "MIATEL_WAREHOUSE": warehouse.name,
            "MIATEL_RECIPIENT_KEY": old.facts["recipient_key"],
            "DBT_TARGET_PATH": str(old.lake.parent / "target"),
            "DBT_LOG_PATH": str(old.lake.parent / "logs"),
        },
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def contents(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in order, but for what says when the build was."""
    tables = query(
        warehouse,
        """
        select table_schema || '.' || table_name
        from information_schema.tables
        where table_schema in ('intermediate', 'marts', 'state') and table_type = 'BASE TABLE'
        """,
    )
    return {
        table: query(
            warehouse,
            f"select columns(c -> c not in ('built_at', 'build_id')) from {table} order by all",
        )
        for (table,) in tables
    }


def as_text(value: Any) -> Any:
    """As the facts hold it: decimals as they are worth, dates as ISO."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return str(Decimal(str(value)).normalize())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def normal(row: list[Any]) -> tuple[Any, ...]:
    """A row of the facts, numbers that stand as texts taken as numbers."""
    values = []
    for value in row:
        try:
            values.append(as_text(value if isinstance(value, bool) else Decimal(str(value))))
        except ArithmeticError:
            values.append(value)
    return tuple(values)


def none_as_now(column: str, value: Any) -> Any:
    if column in ("meaning", "reason_class") and value == "unknown":
        return "undocumented"
    if column in NONE_COLUMNS and value in (None, "", "unknown"):
        return "(none)"
    return value


def as_now(row: dict[str, Any]) -> dict[str, Any]:
    """A row of sums as this version writes it.

    Failed segments cost 0 where none failed; fewer than 20 receipts have no percentile; one text
    says that there is none.
    """
    row = {name: none_as_now(name, value) for name, value in row.items()}
    if str(row.get("failed_segment_count")) == "0" and row.get("failed_cost") is None:
        return row | {"failed_cost": 0}
    if "p50_seconds" in row and int(row["receipt_count"]) < 20:
        return row | {name: None for name in row if name.endswith("_seconds")}
    return row


@pytest.mark.parametrize("mart", ["delivery_daily", "failure_reasons_daily", "latency_daily"])
def test_sums_of_retired_days_are_what_they_were(built: Unpacked, mart: str) -> None:
    then = built.facts["sums_of_retired_days"][mart]
    days = "', '".join(built.facts["retired_days"])
    columns = ", ".join(then["columns"])
    now = query(built.warehouse, f"select {columns} from marts.{mart} where mdr_date in ('{days}')")
    found = [normal([as_text(v) for v in row]) for row in now]
    rows = [as_now(dict(zip(then["columns"], row, strict=True))) for row in then["rows"]]
    wanted = [normal(list(row.values())) for row in rows]
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))


def test_every_kept_record_is_there_once(built: Unpacked) -> None:
    sql = "select cast(mdr_date as varchar), count(*) from marts.fct_mdr group by 1"
    assert dict(query(built.warehouse, sql)) == built.facts["fct_mdr_by_day"]


def test_what_was_sent_and_what_it_cost_is_the_same(built: Unpacked) -> None:
    then = built.facts["delivery_daily_by_currency"]
    sql = "select currency, sum(segment_count), sum(cost) from marts.delivery_daily group by 1"
    now = {currency: (count, cost) for currency, count, cost in query(built.warehouse, sql)}
    place = {name: then["columns"].index(name) for name in ("segment_count", "cost")}
    assert now == {
        row[0]: (int(row[place["segment_count"]]), Decimal(row[place["cost"]]))
        for row in then["rows"]
    }


def test_the_erased_number_stays_erased(built: Unpacked) -> None:
    hashed = built.facts["erased"]["recipient_hash"]
    sql = f"select count(*) from marts.fct_mdr where recipient_hash = '{hashed}'"
    assert query(built.warehouse, sql) == [(0,)]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse as 0.1.0 left it."""
    return unpack(tmp_path_factory.mktemp("before")).warehouse


@pytest.mark.parametrize("table", RENAMED, ids=lambda table: table.now)
def test_sums_of_retired_days_are_the_same_under_new_names(
    built: Unpacked, before: Path, table: Renamed
) -> None:
    sums = table.sums(before, renamed=False)
    assert len(sums) > 100
    assert table.sums(built.warehouse, renamed=True) == sums


def test_no_table_has_its_former_name(built: Unpacked) -> None:
    names = {table for (table,) in query(built.warehouse, "select table_name from duckdb_tables()")}
    assert names >= {"receipts_by_age", "int_receipt_ages_daily"}
    assert not {name for name in names if "settl" in name}
    recorded = "select distinct model_name from state.day_versions where model_name like '%settl%'"
    assert query(built.warehouse, recorded) == []


def test_receipts_of_retired_days_count_in_the_curve(built: Unpacked, before: Path) -> None:
    now = query(built.warehouse, "select final_count from marts.receipts_by_age")
    then = query(before, "select final_count from marts.receipt_settling")
    assert sum(count for (count,) in now) == sum(count for (count,) in then) > 0


def test_a_second_run_changes_nothing(built: Unpacked, tmp_path: Path) -> None:
    again = tmp_path / "warehouse.duckdb"
    shutil.copy(built.warehouse, again)
    build(built, again)
    assert contents(again) == contents(built.warehouse)


def test_a_run_that_died_between_two_renames_goes_on(
    built: Unpacked, before: Path, tmp_path: Path
) -> None:
    stopped = tmp_path / "warehouse.duckdb"
    shutil.copy(before, stopped)
    with duckdb.connect(str(stopped)) as connection:
        connection.execute("alter table marts.receipt_settling rename to receipts_by_age")
    build(built, stopped, "--select", "stg_miatel__day_files", "--indirect-selection", "empty")
    for table in RENAMED:
        assert table.sums(stopped, renamed=True) == table.sums(before, renamed=False)
