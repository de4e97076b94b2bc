from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import fsspec
import pyarrow.parquet as pq
import pytest

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.places import Places
from miatel_warehouse.publish import publish

pytestmark = pytest.mark.slow

NAMES = ["delivery_daily", "extract_coverage", "failure_reasons_daily", "fct_mdr"]


DAYS = [f"2026-01-0{day}" for day in (1, 2, 3)]
FILES = [
    *(f"{name}.parquet" for name in NAMES if name != "fct_mdr"),
    *(f"fct_mdr/{day}.parquet" for day in DAYS),
]


def latest_files(marts: Path) -> list[str]:
    """What a reader of folders sees."""
    files = sorted(marts.rglob("*.parquet"), key=lambda path: (path.parent.name != "marts", path))
    return [str(path.relative_to(marts)) for path in files if "_versions" not in path.parts]


def tables_of(bi: Path) -> list[str]:
    with duckdb.connect(str(bi), read_only=True) as connection:
        return sorted(name for (name,) in connection.execute("show tables").fetchall())


def contents(bi: Path, marts: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in [bi, *marts.rglob("*")] if path.is_file()}


def run(sql: str, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def test_every_mart_and_nothing_else_is_published(warehouse: Path, tmp_path: Path) -> None:
    published = publish(Places.of_one(str(tmp_path / "lake"), warehouse, tmp_path / "bi.duckdb"))
    assert [mart.name for mart in published] == NAMES
    assert tables_of(tmp_path / "bi.duckdb") == NAMES
    assert latest_files(tmp_path / "lake/marts") == FILES
    assert {mart.name: mart.rows for mart in published}["fct_mdr"] == 10
    for mart in published:
        assert duckdb.read_parquet(mart.parquet).shape[0] == mart.rows


def test_what_a_killed_dbt_left_beside_a_mart_is_not_published(
    warehouse: Path, tmp_path: Path
) -> None:
    run("create table marts.fct_mdr__dbt_backup as select 1 as number", warehouse)
    run("create view marts.delivery_daily__dbt_tmp as select 1 as number", warehouse)
    publish(Places.of_one(str(tmp_path / "lake"), warehouse, tmp_path / "bi.duckdb"))
    assert tables_of(tmp_path / "bi.duckdb") == NAMES


def test_a_fact_is_one_file_a_day_that_every_reader_of_folders_can_read(
    warehouse: Path, tmp_path: Path
) -> None:
    publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    for day in DAYS:
        rows = pq.read_table(tmp_path / f"marts/fct_mdr/{day}.parquet")["mdr_date"].to_pylist()
        assert {f"{found}" for found in rows} == {day}
    assert pq.read_table(tmp_path / "marts/fct_mdr").num_rows == 10
    with duckdb.connect(str(tmp_path / "bi.duckdb"), read_only=True) as bi:
        days = [day for (day,) in bi.execute("select mdr_date from fct_mdr").fetchall()]
    assert days == sorted(days), "so that a reader of a few days skips most"


def test_publishing_again_replaces_what_was_there(warehouse: Path, tmp_path: Path) -> None:
    bi = tmp_path / "bi.duckdb"
    publish(Places.of_one(str(tmp_path), warehouse, bi))
    run("delete from marts.fct_mdr where mdr_key <> 'sms:1:0'", warehouse)
    run("drop table marts.extract_coverage", warehouse)
    with duckdb.connect(str(bi), read_only=True) as reader:
        publish(Places.of_one(str(tmp_path), warehouse, bi))
        # a BI tool that has the old file open neither blocks publishing nor sees half of it
        assert reader.execute("select count(*) from fct_mdr").fetchall() == [(10,)]
    assert pq.read_table(tmp_path / "marts/fct_mdr").num_rows == 1
    assert tables_of(bi) == [name for name in NAMES if name != "extract_coverage"]
    assert not (tmp_path / "marts/extract_coverage.parquet").exists()


def test_a_failure_leaves_the_published_tables_as_they_were(
    warehouse: Path, tmp_path: Path
) -> None:
    bi = tmp_path / "bi.duckdb"
    publish(Places.of_one(str(tmp_path), warehouse, bi))
    before = contents(bi, tmp_path / "marts")
    run("insert into marts.delivery_daily select * from marts.delivery_daily", warehouse)
    run("create view marts.zz_broken as select error('no') as reason", warehouse)
    with pytest.raises(duckdb.Error):
        publish(Places.of_one(str(tmp_path), warehouse, bi))
    assert contents(bi, tmp_path / "marts") == before
    assert not list(tmp_path.rglob("*.tmp*"))


def test_an_object_store_gets_whole_objects(warehouse: Path, tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe_file("/lake/marts/gone.parquet", b"of a mart that no longer exists")
    published = publish(Places.of_one("memory://lake/", warehouse, tmp_path / "bi.duckdb"))
    found = {path.removeprefix("/lake/marts/") for path in store.find("/lake/marts")}
    assert {path for path in found if not path.startswith("_versions/")} == {
        *FILES, "manifest.json",
    }  # fmt: skip
    paths = store.glob(published[-1].parquet)
    assert sum(pq.read_metadata(store.open(path)).num_rows for path in paths) == 10


@pytest.mark.parametrize("content", [None, "create table main.other as select 1"])
def test_without_marts_it_says_what_to_run(tmp_path: Path, content: str | None) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    if content:
        run(content, warehouse)
    with pytest.raises(WarehouseError, match="dbt build"):
        publish(Places.of_one(str(tmp_path / "lake"), warehouse, tmp_path / "bi.duckdb"))
    assert not (tmp_path / "lake").exists()
    assert not (tmp_path / "bi.duckdb").exists()


def test_a_published_file_that_duckdb_cannot_keep_is_refused(
    warehouse: Path, tmp_path: Path
) -> None:
    with pytest.raises(WarehouseError, match="MIATEL_BI"):
        publish(Places.of_one(str(tmp_path / "lake"), warehouse, tmp_path / "b?i.duckdb"))
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
