"""A lake and a warehouse that 0.1.0 made: built anew by this version, nothing of them is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel.lake.lake import open_lake
from miatel.lake.upgrade import upgrade_lake
from tests.support.version_0_1_0 import Unpacked, unpack

PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    """The fixture's lake rewritten and its warehouse built, with every test, by this version."""
    old = unpack(tmp_path_factory.mktemp("version_0_1_0"))
    upgrade_lake(open_lake(old.lake), datetime.now(UTC)).check()
    dbt = Path(sys.executable).with_name("dbt")
    done = subprocess.run(
        [
            *(dbt, "build", "--exclude-resource-type", "unit_test"),
            *("--project-dir", PROJECT, "--profiles-dir", PROJECT),
        ],
        env=os.environ
        | {
            "MIATEL_LAKE": str(old.lake),
            "MIATEL_WAREHOUSE": str(old.warehouse),
            "MIATEL_RECIPIENT_KEY": old.facts["recipient_key"],
            "DBT_TARGET_PATH": str(old.lake.parent / "target"),
            "DBT_LOG_PATH": str(old.lake.parent / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return old


def query(built: Unpacked, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


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


@pytest.mark.parametrize("mart", ["delivery_daily", "failure_reasons_daily", "latency_daily"])
def test_sums_of_retired_days_are_what_they_were(built: Unpacked, mart: str) -> None:
    then = built.facts["sums_of_retired_days"][mart]
    days = "', '".join(built.facts["retired_days"])
    columns = ", ".join(then["columns"])
    now = query(built, f"select {columns} from marts.{mart} where mdr_date in ('{days}')")
    found = [normal([as_text(v) for v in row]) for row in now]
    assert sorted(map(repr, found)) == sorted(repr(normal(row)) for row in then["rows"])


def test_every_kept_record_is_there_once(built: Unpacked) -> None:
    sql = "select cast(mdr_date as varchar), count(*) from marts.fct_mdr group by 1"
    assert dict(query(built, sql)) == built.facts["fct_mdr_by_day"]


def test_what_was_sent_and_what_it_cost_is_the_same(built: Unpacked) -> None:
    then = built.facts["delivery_daily_by_currency"]
    sql = "select currency, sum(segment_count), sum(cost) from marts.delivery_daily group by 1"
    now = {currency: (count, cost) for currency, count, cost in query(built, sql)}
    place = {name: then["columns"].index(name) for name in ("segment_count", "cost")}
    assert now == {
        row[0]: (int(row[place["segment_count"]]), Decimal(row[place["cost"]]))
        for row in then["rows"]
    }


def test_the_erased_number_stays_erased(built: Unpacked) -> None:
    hashed = built.facts["erased"]["recipient_hash"]
    sql = f"select count(*) from marts.fct_mdr where recipient_hash = '{hashed}'"
    assert query(built, sql) == [(0,)]
