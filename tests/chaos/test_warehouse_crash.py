"""Killed at any step, forgetting leaves nothing of what was to be forgotten once it is run again.

Kills follow each other on one lake, then `erase` and `retain` run undisturbed: a build takes long,
and whoever dies before it or after it needs none.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from miatel.lake.coverage import decode_footer
from tests.dbt.conftest import RECIPIENT_KEY, Lake, mdr
from tests.dbt.dbt_server import dbt_command
from tests.support.children import Child, run

from .killed_forgetting import (
    FORGETTING_SEAMS,
    Calls,
    Work,
    do,
    do_and_die,
    do_and_die_in_build,
    do_and_note,
)
from .seams import Point, points_of, spread

NUMBER = "6581231223"
TEXT = "for the erased one alone"
DAYS = [f"2026-01-0{day}" for day in range(1, 5)]
KEPT_DAYS = (datetime.now(UTC).date() - date.fromisoformat(DAYS[2])).days
LONGEST = 900.0
"""Seconds that a run with a build may take on a busy machine."""
ROUNDS_IN_FULL = 6
AT_A_SEAM, AT_A_SEAM_IN_FULL = 2, 10
LEAST_KILLS = 30

pytestmark = pytest.mark.timeout(7200)


def records(day: str) -> list[dict[str, Any]]:
    """The number as recipient, sender and account, in days to retire and in others."""
    at, base = f"{day}T10:00:00", int(day[-2:]) * 100
    return [
        mdr(base + 1, at),
        mdr(base + 2, at, dst_num=f"+{NUMBER}", message_body=TEXT),
        mdr(base + 3, at, src_num="65-8123-1223", message_body=TEXT),
        mdr(base + 4, at, username=f"team-{NUMBER}", dlr_code=5),
        mdr(base + 5, at, message_body=f"ask {NUMBER} about it"),
    ]


class Scene:
    """A built lake to forget in, and what is left of it when nobody is killed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {
            "MIATEL_RECIPIENT_KEY": RECIPIENT_KEY,
            "DBT_TARGET_PATH": str(directory / "target"),
            "DBT_LOG_PATH": str(directory / "logs"),
            "MIATEL_PERSONAL_DATA": "true",
        } | dbt_command()
        self.before, self.built = directory / "before", directory / "built"
        lake = Lake(self.before / "lake")
        for day in DAYS:
            lake.land(day, records(day))
        self.run("place-all", self.before)
        undisturbed = self.copy(self.before, "undisturbed")
        self.calls: dict[str, Calls] = {}
        for command, after_build in (("retain", None), ("erase", str(self.built))):
            arguments = (self.work(command, undisturbed), self.environment, after_build)
            self.calls[command] = Child(do_and_note, *arguments).wait(LONGEST).result()
        self.undisturbed = look_at(undisturbed)

    def work(self, command: str, root: Path) -> Work:
        return Work(command, str(root), NUMBER, KEPT_DAYS)

    def run(self, command: str, root: Path) -> None:
        work = self.work(command, root)
        if command == "place-all":
            from miatel_warehouse.refresh import refresh

            before = dict(os.environ)
            os.environ.update(self.environment)
            try:
                refresh(work.places)
            finally:
                os.environ.clear()
                os.environ.update(before)
        else:
            Child(do, work, self.environment).wait(LONGEST).result()

    def copy(self, source: Path, name: str) -> Path:
        shutil.copytree(source, self.directory / name, symlinks=True)
        return self.directory / name

    def kill(self, command: str, root: Path, point: Point) -> bool:
        """Run a command until it is killed at a point; False where it never came there."""
        outcome = run(do_and_die, self.work(command, root), self.environment, point)
        if outcome.killed_by is None:
            outcome.result()
        return outcome.killed_by == signal.SIGKILL


OF_BUILD = ["built_at", "build_id"]
"""Others in each build; of `data_freshness`."""


def look_at(root: Path) -> dict[str, Any]:
    """Values of the lake, the warehouse's marts and everything published, but which build it is."""
    seen: dict[str, Any] = {}
    for path in sorted((root / "lake/raw/mdr").rglob("mdr.parquet")):
        file = pq.ParquetFile(path)
        name = path.parent.name
        seen[name] = file.read().to_pylist(), decode_footer(file.metadata.metadata, name)
    for path in sorted((root / "lake/marts").rglob("*.parquet")):
        table = pq.read_table(path, partitioning=None)
        kept = [column for column in table.column_names if column not in OF_BUILD]
        rows = table.select(kept).to_pylist()
        name = path.relative_to(root / "lake/marts")  # less the publication's, in _versions
        seen[f"published {name.parent}/{name.name.partition('.')[0]}"] = _sorted(rows, root)
    for name in ("bi.duckdb", "warehouse.duckdb"):
        for table, rows in tables_of(root / name, ("main", "marts")).items():
            seen[f"{name} {table}"] = _sorted(rows, root)
    return seen


def _sorted(rows: list[Any], root: Path) -> list[str]:
    """Rows as texts in one order, without the place where the lake stands, or stood when built."""
    place = re.compile(re.escape(str(root.parent)) + r"/[^/']+")
    return sorted(place.sub("", repr(row)) for row in rows)


def tables_of(path: Path, schemas: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of each stored table of a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f'select columns(c -> not list_contains(?, c)) from "{schema}"."{table}"',
                [OF_BUILD],
            ).fetchall()
            for schema, table in tables
            if not schemas or schema in schemas
        }


def places_with(root: Path, needles: list[str]) -> list[str]:
    """Files that hold one of these, in their bytes or their values."""
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        texts = [path.read_bytes().decode("latin-1")]
        if path.suffix == ".parquet":
            texts.append(repr(pq.read_table(path, partitioning=None).to_pydict()))
        elif path.suffix == ".duckdb":
            texts.append(repr(tables_of(path)))
        if any(needle in text for needle in needles for text in texts):
            found.append(str(path.relative_to(root)))
    return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("forgetting"))


def end_and_compare(scene: Scene, root: Path) -> None:
    for command in ("erase", "retain"):
        scene.run(command, root)
    assert look_at(root) == scene.undisturbed
    assert places_with(root, [NUMBER, "65-8123-1223", TEXT]) == []
    assert not list(root.rglob("*.tmp*"))
    assert not list(root.rglob("*.unfinished"))


def test_undisturbed_everything_is_forgotten(scene: Scene) -> None:
    root = scene.directory / "undisturbed"
    assert places_with(scene.before, [NUMBER]) != [], "the search does find what is there"
    assert places_with(root, [NUMBER, "65-8123-1223", TEXT]) == []
    calls = scene.calls.values()
    taken = {seam for call in calls for seam in (*call.before_build, *call.after_build)}
    assert taken == FORGETTING_SEAMS, "a seam that no run comes to"


def test_killed_before_within_and_after_the_build(
    scene: Scene, is_full: bool, seed: int, note: Any
) -> None:
    """Before the build in its order; after it in any order, each on what the last one left."""
    kills, each = 0, AT_A_SEAM_IN_FULL if is_full else AT_A_SEAM
    for number in range(ROUNDS_IN_FULL if is_full else 1):
        chance = random.Random(f"{seed} {number}")
        root = scene.copy(scene.before, f"killed-{number}")
        for command in ("retain", "erase"):
            found = points_of(scene.calls[command].before_build)
            chosen = spread(found, each, chance)
            kills += sum(scene.kill(command, root, point) for point in chosen)
        # dbt as a process of its own, which is what is killed
        dying = Child(
            do_and_die_in_build,
            scene.work("erase", root),
            scene.environment | {"MIATEL_DBT": ""},
            chance.uniform(2, 25),
        ).wait(LONGEST)
        assert dying.killed_by is not None
        kills += 1
        end_and_compare(scene, root)
        shutil.rmtree(root)

        root = scene.copy(scene.built, f"built-{number}")
        # the views and the note lead to the place of then; the next build puts that right
        found = points_of(scene.calls["erase"].after_build)
        chosen = spread(found, each, chance)
        chance.shuffle(chosen)
        for point in chosen:
            was_killed = scene.kill("place", root, point)
            kills += was_killed
        if is_full:
            end_and_compare(scene, root)
        else:
            scene.run("place", root)
            assert look_at(root) == scene.undisturbed
            assert places_with(root, [NUMBER, "65-8123-1223", TEXT]) == []
            assert not list(root.rglob("*.tmp*"))
        shutil.rmtree(root)
    assert kills >= LEAST_KILLS
    note(f"crash: {kills} kills of retain, erase, compact and publish, nothing left after a re-run")
