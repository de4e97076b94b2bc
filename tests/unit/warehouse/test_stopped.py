"""What killed runs leave is swept or finished, and errors say what to do."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel_warehouse import unfinished
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import list_marts, open_warehouse
from miatel_warehouse.places import Places
from miatel_warehouse.publish import publish
from miatel_warehouse.refresh import compact
from tests.support.children import run

from .test_publish import contents

pytestmark = pytest.mark.slow

ROWS = "select count(*) from marts.fct_mdr"
KILLED_BUILD = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1], config={"checkpoint_threshold": "1GB"})
connection.execute("insert into marts.fct_mdr select i, date '2026-01-01' from range(500) as n (i)")
os.kill(os.getpid(), 9)
"""
KILLED_COMPACT = """
import os, sys
from pathlib import Path
from typing import Any
import miatel_warehouse.refresh as refresh
move = refresh.move_scratch
def die(*arguments):
    move(*arguments)
    os.kill(os.getpid(), 9)
refresh.move_scratch = die
refresh.compact(Path(sys.argv[1]))
"""


def run_and_die(program: str, warehouse: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program, str(warehouse)], check=False)
    assert done.returncode == -9


def count(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse)) as connection:
        return int(connection.execute(ROWS).fetchall()[0][0])


def left_by_killed_runs(warehouse: Path, lake: Path, bi: Path) -> list[Path]:
    """Scratch of this version and of 0.1.0, in all places."""
    (lake / "marts").mkdir(parents=True, exist_ok=True)
    (lake / "marts/fct_mdr_personal").mkdir()
    names = []
    for target in (warehouse, bi, lake / "marts/fct_mdr_personal/2026-01-01.parquet"):
        for name in ("123-0123abcd", "0123456789ab"):
            path = target.with_name(f".{target.name}.{name}.tmp")
            path.write_text("to +65 8123 1223")
            names.append(path)
        log = target.with_name(f".{target.name}.123-0123abcd.tmp.wal")
        log.write_text("to +65 8123 1223")
        names.append(log)
    directory = warehouse.with_name(f".{warehouse.name}.ba9876543210.tmp")
    directory.mkdir()
    (directory / warehouse.name).write_text("to +65 8123 1223")
    return [*names, directory]


def test_publish_sweeps_what_killed_runs_left(warehouse: Path, tmp_path: Path) -> None:
    left = left_by_killed_runs(warehouse, tmp_path, tmp_path / "bi.duckdb")
    publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    assert [path for path in left if path.exists()] == []


def test_compact_sweeps_what_killed_runs_left_beside_its_file(
    warehouse: Path, tmp_path: Path
) -> None:
    left = left_by_killed_runs(warehouse, tmp_path / "lake", tmp_path / "bi.duckdb")
    spilled = warehouse.with_name(f"{warehouse.name}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("to +65 8123 1223")
    compact(warehouse)
    beside = [path for path in left if path.name.startswith(f".{warehouse.name}.")]
    assert len(beside) == 4
    assert [path for path in beside if path.exists()] == []
    assert list(spilled.iterdir()) == []
    assert count(warehouse) == 10


@pytest.mark.slow
def test_the_log_of_a_killed_build_is_not_played_onto_the_compacted_file(warehouse: Path) -> None:
    run_and_die(KILLED_BUILD, warehouse)
    assert Path(f"{warehouse}.wal").exists()
    run_and_die(KILLED_COMPACT, warehouse)
    assert count(warehouse) == 510
    compact(warehouse)
    assert count(warehouse) == 510


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o644])
def test_what_is_put_in_place_has_the_rights_of_the_setting(
    warehouse: Path, tmp_path: Path, mode: int
) -> None:
    warehouse.chmod(0o666)
    lake, bi = tmp_path / "lake", tmp_path / "data/bi.duckdb"
    before = os.umask(0)
    try:
        publish(Places.of_one(str(lake), warehouse, bi, mode))
    finally:
        os.umask(before)
    files = [warehouse, bi, *(path for path in (lake / "marts").rglob("*") if path.is_file())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {mode}
    below = [path for path in lake.rglob("*") if path.is_dir()]
    directories = {stat.S_IMODE(path.stat().st_mode) for path in (bi.parent, *below)}
    assert directories == {mode | (mode & 0o444) >> 2}
    warehouse.chmod(0o666)
    compact(warehouse, mode)
    assert stat.S_IMODE(warehouse.stat().st_mode) == mode


def test_scratch_is_its_owners_alone_while_it_is_written(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at after every statement: files of the marts, and the directory of the BI file."""
    seen: set[int] = set()
    execute = duckdb.DuckDBPyConnection.execute

    def execute_and_look(*arguments: Any) -> duckdb.DuckDBPyConnection:
        done = execute(*arguments)
        seen.update(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.tmp"))
        return done

    monkeypatch.setattr(duckdb.DuckDBPyConnection, "execute", execute_and_look)
    publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    assert seen == {0o600, 0o700}


def publish_and_compact(warehouse: Path, directory: Path) -> str:
    """What is said of each, a line for each."""
    said = []
    for work in (
        lambda: publish(Places.of_one(str(directory / "lake"), warehouse, directory / "bi.duckdb")),
        lambda: compact(warehouse),
    ):
        try:
            work()
        except WarehouseError as error:
            said.append(str(error))
    return "\n".join(said)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(15))
def test_a_damaged_warehouse_is_an_error_that_says_what_to_do(
    warehouse: Path, tmp_path: Path, seed: int
) -> None:
    """Whatever is damaged, either nothing is noticed because it is not used, or the error helps."""
    chance = random.Random(seed)
    content = bytearray(warehouse.read_bytes())
    if seed % 3 == 0:
        content = content[: chance.randrange(len(content))]
    else:
        for _ in range(chance.choice([1, 50, 4000])):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    warehouse.write_bytes(content)
    said = run(publish_and_compact, warehouse, tmp_path).result()  # DuckDB might end the process
    for line in said.splitlines():
        assert "damaged" in line or "holds no marts" in line or "later version" in line, line
    assert not list(tmp_path.rglob("*.tmp"))


def test_what_is_no_duckdb_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_text("no DuckDB file " * 1000)
    for work in (lambda: open_warehouse(path), lambda: compact(path)):
        with pytest.raises(WarehouseError, match="It is damaged, or none of DuckDB's files"):
            work()
    assert path.read_text().startswith("no DuckDB file")


def test_compact_advises_by_the_cause(warehouse: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no file"):
        compact(warehouse.with_name("none.duckdb"))
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()",
            str(warehouse),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseError, match="end that process"):
            compact(warehouse)
    finally:
        holder.kill()
        holder.communicate()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device of a full disk")
def test_a_full_disk_says_so(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the tables' files cannot be written: they lead to a device that is always full."""
    import miatel.store.directory as module

    publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.fct_mdr set mdr_key = 'another'")
    before = contents(tmp_path / "bi.duckdb", tmp_path / "marts")
    make = module.make_scratch

    def make_on_full_disk(target: Path) -> Path:
        scratch = make(target)
        if target.parent.name == "fct_mdr":
            scratch.unlink()
            scratch.symlink_to("/dev/full")
        return scratch

    monkeypatch.setattr(module, "make_scratch", make_on_full_disk)
    with pytest.raises(WarehouseError, match="The disk is full: free space"):
        publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    assert contents(tmp_path / "bi.duckdb", tmp_path / "marts") == before


def test_a_note_says_what_is_left_until_all_follows(tmp_path: Path) -> None:
    warehouse = tmp_path / "data/warehouse.duckdb"
    assert not unfinished.is_unfinished(warehouse)
    unfinished.begin(warehouse)
    unfinished.begin(warehouse)
    assert unfinished.is_unfinished(warehouse)
    unfinished.finish(warehouse)
    assert not unfinished.is_unfinished(warehouse)


def test_places_have_marts_after_compaction(warehouse: Path) -> None:
    with open_warehouse(warehouse) as connection:
        before = list_marts(connection)
    compact(warehouse)
    with open_warehouse(warehouse) as connection:
        assert list_marts(connection) == before
