from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import fsspec
import pyarrow.parquet as pq
import pytest

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.publish import publish

pytestmark = pytest.mark.slow

NAMES = ["delivery_daily", "extract_coverage", "failure_reasons_daily", "fct_mdr"]


def tables_of(bi: Path) -> list[str]:
    with duckdb.connect(str(bi), read_only=True) as connection:
        return sorted(name for (name,) in connection.execute("show tables").fetchall())


def run(sql: str, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def test_every_mart_and_nothing_else_is_published(warehouse: Path, tmp_path: Path) -> None:
    published = publish(warehouse, str(tmp_path / "lake"), tmp_path / "bi.duckdb")
    assert [mart.name for mart in published] == NAMES
    assert tables_of(tmp_path / "bi.duckdb") == NAMES
    files = sorted(path.name for path in (tmp_path / "lake/marts").iterdir())
    assert files == [f"{name}.parquet" for name in NAMES]
    assert {mart.name: mart.rows for mart in published}["fct_mdr"] == 10
    assert [pq.read_metadata(mart.parquet).num_rows for mart in published] == [
        mart.rows for mart in published
    ]


def test_what_a_killed_dbt_left_beside_a_mart_is_not_published(
    warehouse: Path, tmp_path: Path
) -> None:
    run("create table marts.fct_mdr__dbt_backup as select 1 as number", warehouse)
    run("create view marts.delivery_daily__dbt_tmp as select 1 as number", warehouse)
    publish(warehouse, str(tmp_path / "lake"), tmp_path / "bi.duckdb")
    assert tables_of(tmp_path / "bi.duckdb") == NAMES


def test_published_rows_are_sorted_by_day(warehouse: Path, tmp_path: Path) -> None:
    publish(warehouse, str(tmp_path), tmp_path / "bi.duckdb")
    days = pq.read_table(tmp_path / "marts/fct_mdr.parquet")["mdr_date"].to_pylist()
    assert days == sorted(days)


def test_publishing_again_replaces_what_was_there(warehouse: Path, tmp_path: Path) -> None:
    bi = tmp_path / "bi.duckdb"
    publish(warehouse, str(tmp_path), bi)
    run("delete from marts.fct_mdr where mdr_key <> 'sms:1:0'", warehouse)
    run("drop table marts.extract_coverage", warehouse)
    with duckdb.connect(str(bi), read_only=True) as reader:
        publish(warehouse, str(tmp_path), bi)
        # a BI tool that has the old file open neither blocks publishing nor sees half of it
        assert reader.execute("select count(*) from fct_mdr").fetchall() == [(10,)]
    assert pq.read_metadata(tmp_path / "marts/fct_mdr.parquet").num_rows == 1
    assert tables_of(bi) == [name for name in NAMES if name != "extract_coverage"]
    assert not (tmp_path / "marts/extract_coverage.parquet").exists()


def test_a_failure_leaves_the_published_tables_as_they_were(
    warehouse: Path, tmp_path: Path
) -> None:
    bi = tmp_path / "bi.duckdb"
    publish(warehouse, str(tmp_path), bi)
    before = {path: path.read_bytes() for path in [bi, *(tmp_path / "marts").iterdir()]}
    run("insert into marts.delivery_daily select * from marts.delivery_daily", warehouse)
    run("create view marts.zz_broken as select error('no') as reason", warehouse)
    with pytest.raises(duckdb.Error):
        publish(warehouse, str(tmp_path), bi)
    assert {path: path.read_bytes() for path in [bi, *(tmp_path / "marts").iterdir()]} == before
    assert not list(tmp_path.rglob("*.tmp*"))


def test_an_object_store_gets_whole_objects(warehouse: Path, tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe_file("/lake/marts/gone.parquet", b"of a mart that no longer exists")
    published = publish(warehouse, "memory://lake/", tmp_path / "bi.duckdb")
    assert sorted(store.ls("/lake/marts", detail=False)) == [
        f"/lake/marts/{name}.parquet" for name in NAMES
    ]
    with fsspec.open(published[-1].parquet) as file:
        assert pq.read_metadata(file).num_rows == 10


@pytest.mark.parametrize("content", [None, "create table main.other as select 1"])
def test_without_marts_it_says_what_to_run(tmp_path: Path, content: str | None) -> None:
    if content:
        run(content, tmp_path / "warehouse.duckdb")
    with pytest.raises(WarehouseError, match="dbt build"):
        publish(tmp_path / "warehouse.duckdb", str(tmp_path / "lake"), tmp_path / "bi.duckdb")
    assert not (tmp_path / "lake").exists()
    assert not (tmp_path / "bi.duckdb").exists()


def test_a_published_file_that_duckdb_cannot_keep_is_refused(
    warehouse: Path, tmp_path: Path
) -> None:
    with pytest.raises(WarehouseError, match="MIATEL_BI"):
        publish(warehouse, str(tmp_path / "lake"), tmp_path / "b?i.duckdb")
    assert not (tmp_path / "lake").exists()


def command_line(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "miatel_warehouse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_line_publishes_and_summarises(warehouse: Path, tmp_path: Path) -> None:
    bi = ["--bi", str(tmp_path / "bi.duckdb")]
    done = command_line("publish", "--warehouse", str(warehouse), "--lake", str(tmp_path), *bi)
    assert done.returncode == 0, done.stderr
    assert "published fct_mdr: 10 rows" in done.stdout
    assert "160  messages" in command_line("summary", *bi).stdout


@pytest.mark.slow
def test_the_command_line_says_what_to_run(tmp_path: Path) -> None:
    done = command_line("summary", "--bi", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "miatel_transform" in done.stderr
    assert "Traceback" not in done.stderr
