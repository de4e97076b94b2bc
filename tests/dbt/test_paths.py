"""Lake, warehouse and published file at paths of any characters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from miatel_dashboard.marts import TABLES, open_marts
from miatel_dashboard.published import PublishedTables

from .conftest import Lake, mdr

FOLDER = "mdr_date=2020-01-01/it's a [lake] {{ here }} {% x %} 100% $y *?#é"
OPTIONS = ["--exclude-resource-type", "unit_test"]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    root = tmp_path_factory.mktemp("odd") / FOLDER
    root.mkdir(parents=True)
    return Lake(root)


def test_any_legal_path_lands_builds_and_publishes(odd: Lake) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        number = int(day[-2:]) * 10
        odd.land(day, [mdr(number, f"{day}T10:00:00"), mdr(number + 1, f"{day}T11:00:00")])
    data = odd.root.parents[1] / "it's [data] {{ here }} {% x %} 100% $y *é"
    data.mkdir()
    warehouse, bi = data / "ware house [1] {{x}} *%é.duckdb", data / "b'i [1] {{x}} #.duckdb"
    environment = {"MIATEL_WAREHOUSE": str(warehouse), "MIATEL_BI": str(bi)}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "miatel_warehouse", *arguments],
            env=os.environ | odd.places(warehouse) | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("check")
    done = odd.dbt("build", *OPTIONS, environment={"MIATEL_WAREHOUSE": str(warehouse)})
    assert done.returncode == 0, done.stdout[-4000:]
    counted = "select mdr_date::varchar, count(*) from marts.fct_mdr group by all order by all"
    assert odd.query(counted, warehouse=warehouse) == [("2026-01-01", 2), ("2026-01-02", 2)]
    run("compact")
    run("publish")
    assert pq.read_table(odd.root / "marts/fct_mdr", partitioning=None).num_rows == 4
    with duckdb.connect(str(bi), read_only=True) as connection:
        assert connection.execute("select count(*) from fct_mdr").fetchall() == [(4,)]
        columns = connection.execute("select * from fct_mdr limit 0").description
        assert [name for name, *_ in columns].count("mdr_date") == 1
    with open_marts(PublishedTables(str(odd.root), TABLES).files()) as marts:
        marts.need("delivery_daily")
        found = marts.row("select count(distinct mdr_date) as days from delivery_daily")
        assert found == {"days": 2}
    assert not list(odd.root.rglob("*.tmp*"))


def test_a_relative_lake_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T10:00:00")])
    done = lake.dbt("build", *OPTIONS, environment={"MIATEL_LAKE": "."})
    assert done.returncode != 0
    assert "absolute path" in done.stdout
    assert lake.query("select count(*) from duckdb_tables() where schema_name = 'marts'") == [(0,)]


@pytest.mark.parametrize(
    "name",
    ["ware'house.duckdb", 'ware"house.duckdb', "ware.house.duckdb", "a?b.duckdb", "a#b.duckdb"],
)
def test_a_name_that_dbt_cannot_use_is_refused_before_anything_is_built(
    tmp_path: Path, name: str
) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T10:00:00")])
    done = lake.dbt("build", *OPTIONS, warehouse=tmp_path / name)
    assert done.returncode != 0
    assert "Give the file another name" in done.stdout
    assert not (tmp_path / name).exists()
