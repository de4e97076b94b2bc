"""A flipped bit of a day file reaches no mart: the build is red and names the day."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel import open_lake
from miatel_warehouse.footers import read_footers

from .conftest import Lake, mdr

DAYS = [f"2026-01-{day:02}" for day in range(1, 31)]
SEED = 12
OPTIONS = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


def day_path(lake: Lake, day: str) -> Path:
    return lake.root / f"raw/mdr/mdr_date={day}/mdr.parquet"


def land(lake: Lake, day: str, *, state: int) -> None:
    records = [
        mdr(int(day[-2:]) * 100 + number, f"{day}T10:00:{number:02}", dlr_code=state)
        for number in range(8)
    ]
    lake.land(day, records, run_id=f"run-{state}")


def flip_a_bit(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def marts(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
        return {
            name: connection.execute(f'select * from marts."{name}" order by all').fetchall()
            for (name,) in names
        }


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    """Thirty days, built."""
    for day in DAYS:
        land(lake, day, state=1)
    lake.build(*OPTIONS)
    return lake


def test_what_a_build_has_not_read_is_checked_before_and_named(built: Lake, tmp_path: Path) -> None:
    """One flip in each of thirty days, anywhere in the file; then all thirty are landed anew."""
    lake = built.copy(tmp_path / "lake")
    before = marts(lake.warehouse)
    assert before["fct_mdr"]
    recorded = dict(
        lake.query(
            "select mdr_date, output_version from state.day_versions "
            "where model_name = 'stg_miatel__day_files'"
        )
    )
    footers = read_footers(open_lake(lake.root))
    assert {day: row["fingerprint"] for day, row in footers.items() if row} == recorded

    chance = random.Random(SEED)
    for day in DAYS:
        land(lake, day, state=2)
        flip_a_bit(day_path(lake, day), chance)
    done = lake.dbt("build", *OPTIONS)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert [day for day in DAYS if day not in done.stdout] == []
    assert "reload" in done.stdout
    assert marts(lake.warehouse) == before

    for day in DAYS:
        land(lake, day, state=2)
    lake.build(*OPTIONS)
    after = marts(lake.warehouse)
    assert after["fct_mdr"] != before["fct_mdr"]


def test_damage_of_a_day_that_is_not_read_does_no_harm_and_of_one_that_is_read_does_none(
    built: Lake, tmp_path: Path
) -> None:
    """The rows of a built day are damaged, another day lands; then every day is read again."""
    lake = built.copy(tmp_path / "lake")
    path = day_path(lake, DAYS[0])
    whole = path.read_bytes()
    content = bytearray(whole)
    content[len(content) // 4] ^= 1
    path.write_bytes(content)
    land(lake, "2026-02-01", state=2)
    lake.build(*OPTIONS)
    before = marts(lake.warehouse)
    days = {row[0] for row in lake.query("select distinct mdr_date from marts.fct_mdr")}
    assert days == {date.fromisoformat(day) for day in [*DAYS, "2026-02-01"]}

    # a day's message keys are made of the day before, too
    land(lake, DAYS[1], state=5)
    done = lake.dbt("build", *OPTIONS)
    assert done.returncode != 0
    assert DAYS[0] in done.stdout
    assert marts(lake.warehouse)["fct_mdr"] == before["fct_mdr"]

    key = {"MIATEL_RECIPIENT_KEY": "another key: every day is built again"}
    done = lake.dbt("build", *OPTIONS, environment=key)
    assert done.returncode != 0
    assert DAYS[0] in done.stdout
    assert DAYS[1] not in done.stdout
    assert marts(lake.warehouse)["fct_mdr"] == before["fct_mdr"]
