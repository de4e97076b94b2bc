"""Retention is owed by law: old records go though the build is red, their last good sums stay."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from .conftest import Lake, mdr
from .test_forgetting import command, published_days

NEVER_TESTED, CHANGED, OLD, KEPT, LAST = [
    "2025-12-31", *(f"2026-01-0{day}" for day in range(1, 5))
]  # fmt: skip
DUE = [NEVER_TESTED, CHANGED, OLD]
KEPT_DAYS = (datetime.now(UTC).date() - date.fromisoformat(KEPT)).days
RETAIN = ("-m", "miatel_warehouse", "retain", "--days", str(KEPT_DAYS))
NO_BUILD = {"MIATEL_REPORTING_TIME_ZONE": "Nowhere/At_All"}
DATA_TESTS = ("--exclude-resource-type", "unit_test")
SUMS = """
    select mdr_date::varchar, sender, sum(message_count)::int, sum(cost)
    from {schema}delivery_daily
    group by all
    order by all
"""


@dataclass
class Change:
    """Sums of the last green build and of one without tests, and the retention after that."""

    lake: Lake
    good_sums: list[tuple[object, ...]]
    red_sums: list[tuple[object, ...]]
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def retained(lake: Lake) -> Change:
    for day in (CHANGED, OLD, KEPT, LAST):
        number = int(day[-2:]) * 10
        lake.land(day, [mdr(number, f"{day}T10:00:00"), mdr(number + 1, f"{day}T11:00:00")])
    lake.build(*DATA_TESTS)
    assert command(lake, "-m", "miatel_warehouse", "publish").returncode == 0
    good = lake.query(SUMS.format(schema="marts."))
    lake.land(NEVER_TESTED, [mdr(1, f"{NEVER_TESTED}T10:00:00")])
    late = mdr(12, f"{CHANGED}T12:00:00", src_num="NEW")
    lake.land(CHANGED, [mdr(10, f"{CHANGED}T10:00:00"), late], run_id="run-2")
    assert lake.dbt("run").returncode == 0, "so that there are sums that no test has seen"
    sums = lake.query(SUMS.format(schema="marts."))
    return Change(lake, good, sums, command(lake, *RETAIN, **NO_BUILD))


def test_records_that_are_due_are_gone_from_everywhere_though_the_build_is_red(
    retained: Change,
) -> None:
    lake, done = retained.lake, retained.done
    assert done.returncode == 1
    assert "The records of all 3 days that are due are gone" in done.stderr
    assert "Nowhere/At_All" in done.stdout + done.stderr, "why the build is red"
    for day in DUE:
        assert pq.read_metadata(lake.root / f"raw/mdr/mdr_date={day}/mdr.parquet").num_rows == 0
    days = "', '".join(DUE)
    due = f"mdr_date in ('{days}')"
    for table in ("fct_mdr", "fct_messages"):
        where = due if table == "fct_mdr" else due.replace("mdr_date", "message_date")
        assert lake.query(f"select count(*) from marts.{table} where {where}") == [(0,)]
    assert published_days(lake) == {KEPT, LAST}, "as they were last published"
    versions = [path.name for path in (lake.root / "marts/_versions").rglob("fct_m*")]
    assert not [name for name in versions if any(day in name for day in DUE)]
    with duckdb.connect(str(lake.root / "bi.duckdb"), read_only=True) as bi:
        assert bi.execute(f"select count(*) from fct_mdr where {due}").fetchall() == [(0,)]
        assert bi.execute(SUMS.format(schema="")).fetchall() == retained.good_sums
        assert bi.execute("select latency_percentile(0.5, t) from latency_by_sender_daily t")


def test_their_last_good_sums_stay_and_a_day_without_any_says_so(retained: Change) -> None:
    lake = retained.lake
    assert retained.red_sums != retained.good_sums
    lake.build(*DATA_TESTS)
    assert lake.query(SUMS.format(schema="marts.")) == retained.good_sums
    assert lake.query("""
        select mdr_date::varchar, row_count, segment_count
        from marts.completeness_daily
        where not has_sums
    """) == [(NEVER_TESTED, 1, 0)]
    again = command(lake, *RETAIN)
    assert again.returncode == 0, again.stderr
    assert "0 dropped of 0 days" in again.stdout
