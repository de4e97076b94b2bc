"""When a dbt test fails, BI tools go on reading the last good tables."""

import shutil
import subprocess

import pytest
from project import BIN, PROJECT, simulated_environment


@pytest.fixture
def project_with_a_failing_test(tmp_path):
    for name in ("dags", "plugins", "include"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=ignored)
    failing = tmp_path / "include/miatel_warehouse/dbt_project/tests/never_right.sql"
    failing.parent.mkdir(exist_ok=True)
    failing.write_text("select 1 as one")
    return tmp_path


def published_files(data):
    paths = [data / "bi.duckdb", *(data / "lake/marts").rglob("*.*")]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def test_nothing_is_published(finished, directory, project_with_a_failing_test):
    before = published_files(directory / "data")
    copy = project_with_a_failing_test
    done = subprocess.run(
        [BIN / "airflow", "dags", "test", "miatel_transform", "2026-01-22"],
        env={
            **simulated_environment(directory / ".airflow", directory / "data"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(copy / "dags"),
            "PYTHONPATH": f"{copy}/plugins:{copy}/include",
        },
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode != 0, output
    assert "FAIL 1 never_right" in output
    assert published_files(directory / "data") == before
