"""Building: dbt of the same environment, led to the places that the command means."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.places import Places
from miatel_warehouse.refresh import DBT_PROJECT, build

DBT = """#!{python}
import json, os, sys
names = ("MIATEL_LAKE", "MIATEL_WAREHOUSE")
umask = os.umask(0)
recorded = dict(options=sys.argv[1:], umask=umask, places=[os.environ[name] for name in names])
json.dump(recorded, open({recorded!r}, "w"))
sys.exit(0)
"""


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a dbt that does nothing writes how it was called."""
    recorded = tmp_path / "recorded.json"
    dbt = tmp_path / "dbt"
    dbt.write_text(DBT.format(python=sys.executable, recorded=str(recorded)))
    dbt.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return recorded


def places(root: Path, mode: int = 0o640) -> Places:
    return Places.of_one(
        str(root / "lake"), root / "new" / "warehouse.duckdb", root / "bi.duckdb", mode
    )


def test_dbt_is_led_to_lake_and_warehouse_and_finds_its_directory(
    recorded: Path, tmp_path: Path
) -> None:
    build(places(tmp_path), "--quiet")
    called = json.loads(recorded.read_text())
    assert called["places"] == [str(tmp_path / "lake"), str(tmp_path / "new/warehouse.duckdb")]
    project = str(DBT_PROJECT)
    assert called["options"] == [
        "build", "--exclude-resource-type", "unit_test", "--quiet",
        "--project-dir", project, "--profiles-dir", project,
        "--target-path", str(tmp_path / "new/warehouse.duckdb.dbt/target"),
        "--log-path", str(tmp_path / "new/warehouse.duckdb.dbt/logs"),
    ]  # fmt: skip
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize(
    ("mode", "umask"), [(0o640, 0o027), (0o600, 0o077), (0o644, 0o027), (0o664, 0o027)]
)
def test_what_dbt_writes_is_for_owner_and_group_at_most(
    mode: int, umask: int, recorded: Path, tmp_path: Path
) -> None:
    build(places(tmp_path, mode))
    assert json.loads(recorded.read_text())["umask"] == umask


def test_a_build_that_fails_says_so(recorded: Path, tmp_path: Path) -> None:
    dbt = recorded.with_name("dbt")
    dbt.write_text(dbt.read_text().replace("sys.exit(0)", "sys.exit(1)"))
    with pytest.raises(WarehouseError, match="dbt build failed"):
        build(places(tmp_path))


def test_dbt_may_live_in_an_environment_of_its_own(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "another venv" / "dbt"
    elsewhere.parent.mkdir()
    recorded.with_name("dbt").rename(elsewhere)
    monkeypatch.setenv("MIATEL_DBT", str(elsewhere))
    build(places(tmp_path))
    assert json.loads(recorded.read_text())["options"][0] == "build"


def test_without_dbt_it_is_said_what_to_install(recorded: Path, tmp_path: Path) -> None:
    recorded.with_name("dbt").unlink()
    with pytest.raises(WarehouseError, match=r"dbt could not be started .*MIATEL_DBT names"):
        build(places(tmp_path))
