"""The table of footers is as new as the run of dbt that reads it, or the run is red."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from miatel_warehouse.footers import footers_table

from .conftest import Lake, mdr

DAYS = [f"2026-01-0{day}" for day in range(1, 4)]
MODEL = "stg_miatel__day_files"


def land(lake: Lake, *days: str) -> None:
    for day in days:
        lake.land(day, [mdr(int(day[-2:]), f"{day}T10:00:00")])


def listed(lake: Lake) -> list[str]:
    """Days of the table, as texts."""
    return [
        f"{day}" for day in pq.read_table(footers_table(lake.warehouse))["mdr_date"].to_pylist()
    ]


@pytest.fixture
def built(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    land(lake, *DAYS[:2])
    done = lake.dbt("run", "--select", MODEL)
    assert done.returncode == 0, done.stdout
    return lake


def test_each_run_begins_by_writing_it(built: Lake) -> None:
    assert listed(built) == DAYS[:2]
    land(built, DAYS[2])
    assert built.dbt("run", "--select", MODEL).returncode == 0
    assert listed(built) == DAYS
    assert built.query(f"select mdr_date::varchar from staging.{MODEL} order by 1") == [
        (day,) for day in DAYS
    ]


def test_a_table_that_lacks_a_day_or_names_one_too_many_is_an_error(built: Lake) -> None:
    require = ("run-operation", "require_current_footers")
    assert built.dbt(*require).returncode == 0
    land(built, DAYS[2])
    stale = built.dbt(*require)
    assert stale.returncode != 0
    assert f"mdr_date={DAYS[2]}/mdr.parquet" in stale.stdout
    assert "Run dbt again" in stale.stdout
    for day in DAYS[1:]:
        (built.root / f"raw/mdr/mdr_date={day}/mdr.parquet").unlink()
    stale = built.dbt(*require)
    assert stale.returncode != 0
    assert f"mdr_date={DAYS[1]}/mdr.parquet" in stale.stdout


def test_a_file_that_is_of_no_day_is_named(built: Lake) -> None:
    strange = built.root / "raw/mdr/mdr_date=someday/mdr.parquet"
    strange.parent.mkdir()
    strange.write_bytes((built.root / f"raw/mdr/mdr_date={DAYS[0]}/mdr.parquet").read_bytes())
    done = built.dbt("run", "--select", MODEL)
    assert done.returncode != 0
    assert "mdr_date=someday/mdr.parquet" in done.stdout
