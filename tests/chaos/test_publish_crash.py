"""Killed at any step, publishing leaves each reader the old build or the new one."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel_warehouse.places import Places
from miatel_warehouse.publish import publish
from tests.support.children import Child, run
from tests.support.reading import read_published

from .seams import SEAMS, Point, Watch, points_of, spread

AT_A_SEAM = 4
LEAST_KILLS = 30
PUBLISHING_SEAMS = SEAMS.keys() - {
    "request", "part of a body", "write rows", "write a footer", "close a file of rows",
}  # fmt: skip
"""What publishing comes to; DuckDB writes its rows."""

BUILD_1 = """
    create schema marts; create schema state;
    create table state.retired_days (mdr_date date);
    create table marts.data_freshness as select 'build-1' as build_id;
    create table marts.fct_mdr as
    select 'key-' || n as mdr_key, date '2026-01-01' + (n % 5)::integer as mdr_date
    from range(15) as numbers (n);
    create table marts.delivery_daily as
    select mdr_date, count(*) as segment_count from marts.fct_mdr group by all;
    create table state.day_versions as
    select distinct 'fct_mdr' as model_name, mdr_date, 'v1' as output_version from marts.fct_mdr
"""
BUILD_2 = """
    update marts.data_freshness set build_id = 'build-2';
    insert into marts.fct_mdr values ('late', date '2026-01-02');
    update marts.delivery_daily set segment_count = 4 where mdr_date = '2026-01-02';
    update state.day_versions set output_version = 'v2' where mdr_date = '2026-01-02'
"""

pytestmark = pytest.mark.timeout(3600)


def publish_in(root: Path) -> None:
    publish(Places.of_one(str(root / "lake"), root / "warehouse.duckdb", root / "bi.duckdb"))


def publish_and_note(root: Path) -> list[str]:
    watch = Watch()
    publish_in(root)
    return watch.calls


def publish_and_die(root: Path, point: Point) -> None:
    Watch().die_at(point)
    publish_in(root)


def build(root: Path, sql: str) -> None:
    with duckdb.connect(str(root / "warehouse.duckdb")) as connection:
        connection.execute(sql)


def tables_of(root: Path) -> dict[str, list[str]]:
    """What a BI tool reads that opens the DuckDB file."""
    with duckdb.connect(str(root / "bi.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("show tables").fetchall()]
        return {
            name: sorted(map(repr, connection.execute(f'from "{name}"').fetchall()))
            for name in names
        }


def latest_tables_of(root: Path) -> dict[str, list[str]]:
    """What a reader of the folder reads, without the manifest."""
    marts = root / "lake/marts"
    patterns = {path.name.partition(".")[0]: path for path in marts.iterdir() if path.suffix}
    patterns = {name: path for name, path in patterns.items() if path.suffix == ".parquet"}
    patterns["fct_mdr"] = marts / "fct_mdr/*.parquet"
    return {
        name: sorted(map(repr, duckdb.read_parquet(str(path)).fetchall()))
        for name, path in patterns.items()
    }


def unnamed_files(root: Path) -> list[str]:
    """What no reader can need."""
    marts = root / "lake/marts"
    manifest = json.loads((marts / "manifest.json").read_bytes())
    tables = manifest["tables"].values()
    named = {file["path"] for table in tables for file in table["files"]} | {
        *manifest["superseded"]
    }
    found = [path for path in (marts / "_versions").rglob("*") if path.is_file()]
    return [name for path in found if (name := str(path.relative_to(marts))) not in named]


class Scene:
    """A published build, another one in the warehouse, and what both look like to readers."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.before = directory / "before"
        self.before.mkdir()
        build(self.before, BUILD_1)
        publish_in(self.before)
        self.manifest = json.loads((self.before / "lake/marts/manifest.json").read_bytes())
        self.old = read_published(self.before / "lake")
        build(self.before, BUILD_2)
        undisturbed = self.copy("undisturbed")
        self.calls: list[str] = Child(publish_and_note, undisturbed).wait().result()
        self.new = read_published(undisturbed / "lake")

    def copy(self, name: str) -> Path:
        shutil.copytree(self.before, self.directory / name)
        return self.directory / name

    def check_readers(self, root: Path) -> None:
        """Each sees one build whole; one that was at work goes on reading the old one."""
        assert read_published(root / "lake") in (self.old, self.new)
        assert tables_of(root) in (self.old, self.new)
        assert read_published(root / "lake", self.manifest) == self.old
        for name, rows in latest_tables_of(root).items():
            assert rows in (self.old[name], self.new[name])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("publishing"))


def test_the_two_builds_differ_and_every_seam_is_come_to(scene: Scene) -> None:
    assert scene.old.keys() == scene.new.keys()
    assert all(scene.old[name] != scene.new[name] for name in scene.old)
    assert set(scene.calls) == PUBLISHING_SEAMS


def test_killed_at_any_step_a_reader_sees_the_old_build_or_the_new_one(
    scene: Scene, is_full: bool, seed: int, note: Any
) -> None:
    points = points_of(scene.calls)
    chosen = points if is_full else spread(points, AT_A_SEAM, random.Random(f"{seed}"))
    seen = set()
    for number, point in enumerate(chosen):
        root = scene.copy(f"killed-{number}")
        assert run(publish_and_die, root, point).killed_by == signal.SIGKILL, point
        scene.check_readers(root)
        seen.add(read_published(root / "lake") == scene.new)
        publish_in(root)
        assert read_published(root / "lake") == scene.new, point
        assert tables_of(root) == latest_tables_of(root) == scene.new, point
        left = [name for _, _, names in os.walk(root) for name in names if ".tmp" in name]
        assert left == unnamed_files(root) == [], point
        shutil.rmtree(root)
    assert seen == {True, False}, "kills before the manifest is written, and after"
    assert len(chosen) >= LEAST_KILLS
    note(f"crash: {len(chosen)} kills of publish, every reader saw one build")
