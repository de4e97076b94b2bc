"""One build at a time: what is written anew, what stays, and what nobody can read any more."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow.parquet as pq
import pytest

from miatel.errors import ConflictError
from miatel_warehouse import publication
from miatel_warehouse.places import Places
from miatel_warehouse.publish import publish
from tests.support.reading import read_published

from .test_publish import latest_files, run

pytestmark = pytest.mark.slow

DAY = "2026-01-02"
OTHER_DAYS = ("2026-01-01", "2026-01-03")
WITH_BUILDS = """
    create table marts.data_freshness as select 'build-1' as build_id;
    create table marts.fct_messages as
    select mdr_key as message_key, mdr_date as message_date, 'text of ' || mdr_key as said
    from marts.fct_mdr;
    create schema state;
    create table state.retired_days (mdr_date date);
    create table state.day_versions as
    select model_name, mdr_date, 'v1' as output_version
    from
        (values ('fct_mdr'), ('fct_messages')) as models (model_name),
        (select distinct mdr_date from marts.fct_mdr)
"""
CHANGED = f"""
    update marts.data_freshness set build_id = 'build-%(number)s';
    update marts.fct_mdr set mdr_key = 'new-%(number)s' where mdr_date = date '{DAY}';
    update state.day_versions set output_version = 'v%(number)s'
    where model_name = 'fct_mdr' and mdr_date = date '{DAY}';
"""
# enough days that one of them is few
MORE_DAYS = """
    insert into marts.fct_mdr
    select 'old:' || n, date '2025-12-01' + n::integer from range(6) as numbers (n)
"""


# sums of many days, of which one changes or vanishes, and rows that are of no day
OTHER_TABLES = """
    create table marts.sums as
    select date '2025-01-01' + n::integer as mdr_date, n as sum from range(9) as numbers (n);
    create table marts.gaps as select null::date as mdr_date, 1 as gap
"""
CHANGED_TABLES = """
    update marts.sums set sum = sum + 1 where mdr_date = '2025-01-03';
    delete from marts.sums where mdr_date = (select max(mdr_date) from marts.sums);
    update marts.gaps set gap = gap + 1
"""


def rows_of(database: Path, table: str) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return sorted(map(repr, connection.execute(f"from {table}").fetchall()))


def published_rows_of(warehouse: Path, mart: str) -> list[str]:
    """The rows of a mart of the only account, as they are published."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(f"select 'miatel' as source_name, * from marts.{mart}")
        return sorted(map(repr, rows.fetchall()))


def manifest_of(lake: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((lake / "marts/manifest.json").read_bytes())
    return content


def keys_in(bi: Path) -> set[str]:
    with duckdb.connect(str(bi), read_only=True) as connection:
        return {key for (key,) in connection.execute("select mdr_key from fct_mdr").fetchall()}


class Scene:
    """A warehouse that is built again and again, and published."""

    def __init__(self, warehouse: Path, lake: Path, bi: Path) -> None:
        self.warehouse, self.lake, self.bi = warehouse, lake, bi

    def publish(self, **options: bool) -> dict[str, Any]:
        publish(Places.of_one(str(self.lake), self.warehouse, self.bi), **options)
        return manifest_of(self.lake)

    def build(self, number: int) -> None:
        run(CHANGED % {"number": number}, self.warehouse)

    def versions(self) -> dict[str, tuple[int, int]]:
        """Each of the manifest's files: which file it is, and when it was written."""
        marts = self.lake / "marts"
        found = {path: path.stat() for path in (marts / "_versions").rglob("*.parquet")}
        return {
            str(path.relative_to(marts)): (status.st_ino, status.st_mtime_ns)
            for path, status in found.items()
        }


@pytest.fixture
def scene(warehouse: Path, tmp_path: Path) -> Scene:
    run(MORE_DAYS + ";" + WITH_BUILDS, warehouse)
    return Scene(warehouse, tmp_path / "lake", tmp_path / "bi.duckdb")


def test_only_the_days_that_changed_are_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scene.publish()
    before = scene.versions()
    scene.build(2)
    tables: list[str] = []
    replace_table = publication.BiFile.replace_table

    def note(self: publication.BiFile, mart: publication.Mart) -> None:
        tables.append(mart.name)
        replace_table(self, mart)

    monkeypatch.setattr(publication.BiFile, "replace_table", note)
    second = scene.publish()
    assert second["changed_days"] == [DAY]
    written = {path.rsplit(".", 2)[0] for path in scene.versions().keys() - before.keys()}
    facts = {path for path in written if path.startswith("_versions/fct_")}
    assert facts == {f"_versions/fct_mdr/{DAY}"}
    assert {path: scene.versions()[path] for path in before} == before, "what stood was touched"
    assert second["tables"]["fct_messages"] == first["tables"]["fct_messages"]
    assert not [name for name in tables if name.startswith("fct_")], "copied, not written anew"
    assert {"new-2", "sms:1:0", "old:1"} <= keys_in(scene.bi)
    assert len(set(first["changed_days"])) == 9


def test_both_kinds_of_files_hold_the_build_of_the_warehouse(scene: Scene) -> None:
    run(OTHER_TABLES, scene.warehouse)
    scene.publish()
    for number in (2, 3):
        scene.build(number)
        run(CHANGED_TABLES, scene.warehouse)
        names = scene.publish()["tables"].keys() - {"extract_coverage"}  # has times, not as here
        expected = {name: published_rows_of(scene.warehouse, name) for name in names}
        assert {name: rows_of(scene.bi, name) for name in names} == expected
        found = read_published(scene.lake)
        assert {name: found[name] for name in names} == expected
        plain = duckdb.read_parquet(f"{scene.lake}/marts/fct_mdr/*.parquet")
        assert sorted(map(repr, plain.fetchall())) == expected["fct_mdr"]


def test_the_manifest_says_what_was_published(scene: Scene) -> None:
    scene.publish()
    scene.build(2)
    manifest = scene.publish()
    assert manifest["build_id"] == "build-2"
    assert manifest["code_version"][0].isdigit()
    assert manifest["tables"]["fct_mdr"]["rows"] == 16
    for table in manifest["tables"].values():
        digests = []
        for file in table["files"]:
            content = (scene.lake / "marts" / file["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            digests.append(file["sha256"])
        assert hashlib.sha256("".join(digests).encode()).hexdigest() == table["digest"]
        assert sum(file["rows"] for file in table["files"]) == table["rows"]
    (freshness,) = manifest["tables"]["data_freshness"]["files"]
    path = scene.lake / "marts" / freshness["path"]
    assert pq.read_table(path)["build_id"].to_pylist() == ["build-2"]
    of_days = {file["day"]: file["path"] for file in manifest["tables"]["fct_mdr"]["files"]}
    builds = {
        day: pq.read_metadata(scene.lake / "marts" / of_days[day]).metadata[b"miatel.build_id"]
        for day in (DAY, *OTHER_DAYS)
    }
    assert builds == {DAY: b"build-2"} | dict.fromkeys(OTHER_DAYS, b"build-1")


def test_the_documented_query_reads_by_the_manifest(scene: Scene) -> None:
    scene.publish()
    text = (Path(__file__).parents[3] / "docs/bi_tools.md").read_text()
    sql = text.partition("```sql\nset variable")[2].partition("```")[0]
    with duckdb.connect() as connection:
        for statement in f"set variable{sql}".strip().rstrip(";").split(";"):
            done = connection.execute(statement.replace("data/lake", str(scene.lake)))
        counts = dict(done.fetchall())
    assert sum(counts.values()) == 16
    assert len(counts) == 9


def test_a_reader_of_the_build_before_reads_it_to_the_end(scene: Scene) -> None:
    first = scene.publish()
    seen = read_published(scene.lake, first)
    scene.build(2)
    scene.publish()
    assert read_published(scene.lake, first) == seen
    scene.publish()
    assert read_published(scene.lake, first) == seen, "the same build again is no other build"
    scene.build(3)
    scene.publish()
    with pytest.raises(FileNotFoundError):
        read_published(scene.lake, first)


def test_a_build_that_is_published_again_changed_the_same_days(scene: Scene) -> None:
    """A task that was ended after the manifest is run again, and its event must name the days."""
    scene.publish()
    scene.build(2)
    assert scene.publish()["changed_days"] == [DAY]
    assert scene.publish()["changed_days"] == [DAY]


def test_a_day_without_rows_any_more_has_no_file(scene: Scene) -> None:
    scene.publish()
    scene.build(2)
    run(f"delete from marts.fct_mdr where mdr_date = date '{DAY}'", scene.warehouse)
    assert scene.publish()["changed_days"] == [DAY]
    assert f"fct_mdr/{DAY}.parquet" not in latest_files(scene.lake / "marts")
    assert f"fct_messages/{DAY}.parquet" in latest_files(scene.lake / "marts")
    assert len(keys_in(scene.bi)) == 13


def test_rows_of_a_retired_day_that_were_changed_in_place_are_written(scene: Scene) -> None:
    """Erasing replaces a sender there; dbt does not know of it."""
    run(f"insert into state.retired_days values (date '{DAY}')", scene.warehouse)
    scene.publish()
    next_build = "update marts.data_freshness set build_id = 'build-2'"
    run(next_build, scene.warehouse)
    assert scene.publish()["changed_days"] == []
    run(
        f"""
        {next_build.replace("2", "3")};
        update marts.fct_messages set said = 'x' where message_date = '{DAY}'
        """,
        scene.warehouse,
    )
    assert scene.publish()["changed_days"] == [DAY]


def places_with(needle: bytes, *roots: Path) -> list[str]:
    files = [path for root in roots for path in [root, *root.rglob("*")] if path.is_file()]
    return [
        str(path)
        for path in files
        if needle in path.read_bytes()
        or (path.suffix == ".parquet" and needle.decode() in repr(pq.read_table(path).to_pydict()))
    ]


def test_nothing_of_an_older_build_is_left_where_nothing_may_be(scene: Scene) -> None:
    needle = b"text of sms:1:1"
    scene.publish()
    assert places_with(needle, scene.lake, scene.bi)
    run(
        f"""
        update marts.fct_messages set said = null where message_date = '{DAY}';
        update state.day_versions set output_version = 'v2'
        where model_name = 'fct_messages' and mdr_date = '{DAY}'
        """,
        scene.warehouse,
    )
    scene.publish()
    assert places_with(needle, scene.lake), "the build before is still there"
    scene.publish(keep_previous=False)
    assert places_with(needle, scene.lake, scene.bi) == []
    assert manifest_of(scene.lake)["superseded"] == []


def test_a_table_that_the_owner_does_not_want_any_more_is_in_no_build(scene: Scene) -> None:
    scene.publish()
    run("drop table marts.fct_messages", scene.warehouse)
    scene.publish()
    assert places_with(b"text of sms:1:1", scene.lake, scene.bi) == []
    assert not [path for path in latest_files(scene.lake / "marts") if "fct_messages" in path]


@pytest.mark.parametrize("change", ["alter table marts.fct_mdr add column more integer", None])
def test_a_published_file_that_is_not_of_the_manifest_is_made_anew(
    scene: Scene, change: str | None
) -> None:
    """Another lake's, or of a run that was killed; and one whose columns are others now."""
    scene.publish()
    if change:
        run(change, scene.warehouse)
    else:
        with duckdb.connect(str(scene.bi)) as connection:
            connection.execute("comment on table fct_mdr is 'another'; delete from fct_mdr")
    scene.publish()
    assert len(keys_in(scene.bi)) == 16


def test_whoever_loses_to_another_process_says_so_and_spoils_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.publish()
    scene.build(2)
    fill = publication.Publication.fill

    def fill_late(self: publication.Publication, bi: Path) -> None:
        monkeypatch.setattr(publication.Publication, "fill", fill)
        scene.publish()
        fill(self, bi)

    monkeypatch.setattr(publication.Publication, "fill", fill_late)
    with pytest.raises(ConflictError):
        scene.publish()
    manifest = manifest_of(scene.lake)
    assert read_published(scene.lake, manifest)["data_freshness"] == ["('miatel', 'build-2')"]
    scene.publish()
    assert read_published(scene.lake) == read_published(scene.lake, manifest)


def test_an_object_store_keeps_the_build_before_too(warehouse: Path, tmp_path: Path) -> None:
    run(MORE_DAYS + ";" + WITH_BUILDS, warehouse)
    store = fsspec.filesystem("memory")
    root = f"/{tmp_path.name}"
    found = []
    for number in (1, 2, 3):
        run(CHANGED % {"number": number}, warehouse)
        publish(Places.of_one(f"memory:/{root}", warehouse, tmp_path / "bi.duckdb"))
        manifest = json.loads(store.cat(f"{root}/marts/manifest.json"))
        found.append({file["path"] for file in manifest["tables"]["fct_mdr"]["files"]})
    there = {path.removeprefix(f"{root}/marts/") for path in store.find(f"{root}/marts/_versions")}
    assert found[1] | found[2] <= there
    assert len(found[0] - there) == 1
    plain = store.open(f"{root}/marts/fct_mdr/{DAY}.parquet")
    assert set(pq.read_table(plain)["mdr_key"].to_pylist()) == {"new-3"}
