"""Forgetting with the default settings, and when it was stopped midway."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from .conftest import RECIPIENT_KEY, Lake, mdr
from .dbt_server import dbt_command
from .test_privacy import places_of

NUMBER = "6581231223"
DAYS = [f"2026-01-0{day}" for day in range(1, 4)]
KEPT_DAYS = (datetime.now(UTC).date() - date.fromisoformat(DAYS[2])).days
KILLED_AFTER_BUILD = """
import os, sys
import miatel_warehouse.refresh as refresh
from miatel_warehouse.__main__ import main
refresh.compact = lambda *_: os.kill(os.getpid(), 9)
sys.exit(main())
"""
SENDERS = """
    select mdr_date::varchar, sender, account_name, sum(message_count)::int
    from intermediate.int_delivery_daily
    group by all
    order by all
"""


def command(
    lake: Lake, *program: str, given: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    bi = {"MIATEL_BI": str(lake.root / "bi.duckdb")}
    return subprocess.run(
        [sys.executable, *program],
        env=os.environ | lake.places() | dbt_command() | bi | settings,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def published_days(lake: Lake) -> set[str]:
    column = pq.read_table(lake.root / "marts/fct_mdr", columns=["mdr_date"])["mdr_date"]
    return {str(day) for day in column.to_pylist()}


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    """The number as a sender and in the name of an account, on a day to retire."""
    lake.has_artifacts = True
    lake.land(
        DAYS[0],
        [
            mdr(1, f"{DAYS[0]}T10:00:00"),
            mdr(2, f"{DAYS[0]}T10:00:00", src_num=NUMBER),
            mdr(3, f"{DAYS[0]}T10:00:00", src_num="+65 8123-1223"),
            mdr(4, f"{DAYS[0]}T10:00:00", src_num=None, username=f"team-{NUMBER}"),
        ],
    )
    for day in DAYS[1:]:
        lake.land(day, [mdr(int(day[-2:]) * 10, f"{day}T10:00:00", src_num=NUMBER)])
    lake.build("--exclude-resource-type", "unit_test")
    done = command(lake, "-m", "miatel_warehouse", "publish")
    assert done.returncode == 0, done.stderr
    return lake


@dataclass(frozen=True)
class Retained:
    """A copy of the lake after retention: killed between build and compacting, then run twice.

    The commands themselves run at one place, where dbt remembers what it parsed.
    """

    before: Lake
    after: Lake
    days_after_kill: set[str]
    killed: subprocess.CompletedProcess[str]
    done: subprocess.CompletedProcess[str]
    again: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def retained(built: Lake, tmp_path_factory: pytest.TempPathFactory) -> Retained:
    copies = tmp_path_factory.mktemp("copies")
    before = built.copy(copies / "before")
    arguments = ["retain", "--days", str(KEPT_DAYS)]
    killed = command(built, "-c", KILLED_AFTER_BUILD, *arguments)
    days = published_days(built)
    done, again = (command(built, "-m", "miatel_warehouse", *arguments) for _ in range(2))
    return Retained(before, built.copy(copies / "after"), days, killed, done, again)


def test_by_default_a_whole_build_finishes_its_days(retained: Retained) -> None:
    assert retained.before.query("select count(*) from state.finished_days") == [(len(DAYS),)]


def test_retention_that_was_stopped_after_the_build_is_finished_by_the_next_one(
    retained: Retained,
) -> None:
    assert retained.killed.returncode == -9
    assert retained.days_after_kill == set(DAYS)
    assert retained.done.returncode == 0, retained.done.stdout + retained.done.stderr
    assert "0 dropped of 0 days" in retained.done.stdout
    assert published_days(retained.after) == {DAYS[2]}
    again = retained.again
    assert (again.returncode, "0 dropped of 0 days" in again.stdout) == (0, True)
    assert again.stdout.count("\n") == 1, "nothing was left to do"


@pytest.mark.usefixtures("retained")
def test_an_erased_number_leaves_the_sums_of_retired_days(built: Lake) -> None:
    needles = {NUMBER.encode(), b"8123-1223"}
    assert {"warehouse.duckdb", "bi.duckdb"} <= places_of(built, needles)

    def counts() -> list[Any]:
        return sorted(row[3] for row in built.query(SENDERS) if row[0] != DAYS[2])

    before = counts()
    done = command(built, "-m", "miatel_warehouse", "erase", given=NUMBER)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert NUMBER not in done.stdout + done.stderr
    assert places_of(built, needles) == set()
    assert counts() == before == [1] * 5
    of_first_day = [row for row in built.query(SENDERS) if row[0] == DAYS[0]]
    erased = [value for row in of_first_day for value in row[1:3] if (value or "")[:7] == "erased:"]
    assert len(set(erased)) == 3
    assert not list(built.root.rglob("*.tmp*"))
    assert RECIPIENT_KEY.encode() not in built.warehouse.read_bytes()
