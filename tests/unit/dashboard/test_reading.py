"""The page's DuckDB reads the published marts and nothing else; new files are seen at once."""

import shutil

import duckdb
import fsspec
import orjson
import pytest

from miatel_dashboard.marts import COLUMNS, TABLES, open_marts
from miatel_dashboard.published import PublishedTables
from miatel_dashboard.source import Source
from miatel_warehouse.manifest import Manifest, PublishedFile

pytestmark = pytest.mark.slow


def test_no_other_file_can_be_read_and_nothing_changed(lake, marts, tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    fact = lake / "marts" / "fct_mdr.parquet"
    shutil.copy(lake / "marts" / "watch_list.parquet", fact)
    try:
        for statement in (
            f"select * from read_csv('{tmp_path}/secret.csv')",
            f"select * from read_parquet('{fact}')",
            f"copy (select 1) to '{tmp_path}/new.csv'",
            f"attach '{tmp_path}/new.duckdb'",
            "select * from read_csv('https://example.com/a.csv')",
            "install httpfs",
        ):
            with pytest.raises(duckdb.PermissionException):
                marts.define(statement, statement)
        for statement in ("set enable_external_access = true", "set allowed_paths = ['/']"):
            with pytest.raises(duckdb.InvalidInputException):
                marts.define(statement, statement)
    finally:
        fact.unlink()


def test_columns_of_persons_are_none_of_those_read():
    named = {name for names in COLUMNS.values() for name in names}
    assert not {name for name in named if "recipient" in name or "text" in name}
    assert not {table for table in TABLES if table.startswith("fct_")}


def one_message_table(path, count):
    duckdb.sql(f"""
        select * replace ({count}::bigint as message_count)
        from '{path}' limit 1
    """).write_parquet(str(path))  # fmt: skip


def messages_of(source):
    shown = orjson.loads(source.view({"days": ["all"]}))
    return shown["overview"]["current"]["message_count"]


def test_what_is_published_anew_is_shown_at_once(lake, tmp_path):
    shutil.copytree(lake, tmp_path / "lake")
    source = Source(str(tmp_path / "lake"))
    before = messages_of(source)
    assert messages_of(source) == before
    one_message_table(tmp_path / "lake/marts/delivery_daily.parquet", 41)
    assert messages_of(source) == 41


def publish_by_manifest(marts, number):
    """What stands in the folder as a build by the manifest, `delivery_hourly` day by day."""
    versions = marts / "_versions"
    versions.mkdir(exist_ok=True)
    tables = {}
    for table in TABLES:
        relation = duckdb.read_parquet(str(marts / f"{table}.parquet"))
        hourly = table == "delivery_hourly"
        days = relation.project("mdr_date").distinct().fetchall() if hourly else [None]
        tables[table] = []
        for place, day in enumerate(days):
            of_day = relation.filter(f"mdr_date = date '{day[0]}'") if day else relation
            path = versions / f"{table}.{place}.{number}.parquet"
            of_day.write_parquet(str(path))
            tables[table].append(PublishedFile(f"_versions/{path.name}", 0, path.name))
    manifest = Manifest(f"{number}", "build", "2026-01-01T00:00:00Z", "0.1.0", [], tables)
    (marts / "manifest.json").write_text(manifest.to_json())


@pytest.mark.parametrize("is_local", [True, False])
def test_the_page_shows_the_build_that_the_manifest_names(lake, tmp_path, is_local):
    marts = tmp_path / "lake/marts"
    shutil.copytree(lake, tmp_path / "lake")
    publish_by_manifest(marts, 1)
    store = fsspec.filesystem("memory")

    def upload():
        if not is_local:
            store.put(f"{marts}/", f"/{tmp_path.name}/marts/", recursive=True)

    upload()
    source = Source(str(tmp_path / "lake") if is_local else f"memory://{tmp_path.name}")
    before = orjson.loads(source.view({"days": ["all"]}))
    assert before == orjson.loads(Source(str(lake)).view({"days": ["all"]}))
    one_message_table(marts / "delivery_daily.parquet", 41)
    upload()
    assert messages_of(source) == before["overview"]["current"]["message_count"], "half published"
    publish_by_manifest(marts, 2)
    upload()
    assert messages_of(source) == 41


def test_a_lake_in_an_object_store_is_read_too(lake):
    store = fsspec.filesystem("memory")
    store.put(str(lake / "marts"), "/page/marts", recursive=True)
    source = Source("memory://page")
    here = messages_of(Source(str(lake)))
    assert messages_of(source) == here
    data = store.cat("/page/marts/delivery_daily.parquet")
    store.rm("/page/marts/delivery_daily.parquet")
    assert "missing" in orjson.loads(source.view({}))
    store.pipe("/page/marts/delivery_daily.parquet", data)
    assert messages_of(source) == here
    store.rm("/page", recursive=True)


def test_an_empty_object_store_says_what_to_run():
    assert "Run the DAG" in orjson.loads(Source("memory://nowhere").view({}))["missing"]


def test_scratch_files_of_a_publication_under_way_are_no_tables(lake, tmp_path):
    shutil.copytree(lake, tmp_path / "lake")
    (tmp_path / "lake/marts/.watch_list.parquet.1-a.tmp").write_bytes(b"half")
    (tmp_path / "lake/marts/.half.parquet").write_bytes(b"half")
    files = PublishedTables(str(tmp_path / "lake"), TABLES).files()
    assert set(files.paths) == TABLES
    with open_marts(files) as marts:
        for table in TABLES:
            marts.need(table)
