"""A task that is ended leaves no process behind; one that timed out keeps its retries."""

import signal
import sys
import time
from contextlib import suppress

import psutil
import pytest
from airflow.sdk.exceptions import AirflowException, AirflowTaskTerminated, AirflowTaskTimeout

from miatel_provider.operators import MiatelToParquetOperator, RunModuleOperator, run_module

STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) == 1:
    child = subprocess.Popen([sys.executable, __file__, "child"])
    pathlib.Path(__file__).with_name("child.pid").write_text(str(child.pid))
    print("hanging", flush=True)
time.sleep(600)
"""


def _time_out(*_):
    raise AirflowTaskTimeout


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module `hanging` that only the task can import."""
    (tmp_path / "hanging.py").write_text(STUBBORN)
    monkeypatch.setattr(run_module, "GRACE_SECONDS", 0.5)
    return {"PYTHONPATH": str(tmp_path)}


def test_a_process_that_does_not_listen_ends_with_its_children(module, tmp_path):
    task = RunModuleOperator(task_id="hangs", command=["hanging"], variables=module)

    previous = signal.signal(signal.SIGALRM, _time_out)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.5)
        with pytest.raises(AirflowTaskTimeout):
            task.execute({})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    child = psutil.Process(int((tmp_path / "child.pid").read_text()))
    assert child.is_running()
    task.on_kill()
    assert task._process.returncode == -signal.SIGKILL
    with suppress(psutil.NoSuchProcess):
        assert child.status() == psutil.STATUS_ZOMBIE


def test_a_process_that_listens_ends_at_once(tmp_path):
    (tmp_path / "polite.py").write_text("import time; time.sleep(600)")
    task = RunModuleOperator(
        task_id="waits", command=["polite"], variables={"PYTHONPATH": str(tmp_path)}
    )
    # Airflow calls on_kill in a signal handler, while execute waits for output.
    previous = signal.signal(signal.SIGALRM, lambda *_: task.on_kill())
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        started = time.monotonic()
        with pytest.raises(AirflowException, match="python -m polite ended with -15"):
            task.execute({})
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert time.monotonic() - started < run_module.GRACE_SECONDS


def test_a_module_of_the_workers_directory_is_not_run(tmp_path, monkeypatch):
    (tmp_path / "miatel_warehouse.py").write_text("raise SystemExit('another module')")
    monkeypatch.chdir(tmp_path)
    RunModuleOperator(task_id="help", command=["miatel_warehouse", "--help"]).execute({})


def test_what_a_module_writes_is_for_owner_and_group(tmp_path):
    (tmp_path / "writes.py").write_text("import pathlib; pathlib.Path(__file__ + '.out').touch()")
    module = {"PYTHONPATH": str(tmp_path)}
    RunModuleOperator(task_id="writes", command=["writes"], variables=module).execute({})
    assert (tmp_path / "writes.py.out").stat().st_mode & 0o777 == 0o640


def test_it_runs_in_the_environment_of_airflow_with_changed_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("MIATEL_LAKE", "/srv/workers")
    monkeypatch.setenv("MIATEL_HOME", "/srv/home")
    (tmp_path / "tells.py").write_text(
        "import os, pathlib, sys\n"
        "told = [sys.executable, os.environ['MIATEL_LAKE'], os.environ['MIATEL_HOME']]\n"
        "pathlib.Path(__file__ + '.out').write_text('|'.join(told))\n"
    )
    module = {"PYTHONPATH": str(tmp_path), "MIATEL_LAKE": "/srv/other"}
    RunModuleOperator(task_id="tells", command=["tells"], variables=module).execute({})
    told = (tmp_path / "tells.py.out").read_text()
    assert told == f"{sys.executable}|/srv/other|/srv/home"


def test_a_landing_that_timed_out_keeps_its_retries():
    """Airflow calls on_kill while it handles the time-out, and raises the time-out after that."""
    task = MiatelToParquetOperator(task_id="lands", start="2026-01-01", end="2026-01-02")
    try:
        _time_out()
    except AirflowTaskTimeout:
        task.on_kill()


def test_a_landing_that_somebody_ends_stops_at_once():
    task = MiatelToParquetOperator(task_id="lands", start="2026-01-01", end="2026-01-02")
    with pytest.raises(AirflowTaskTerminated):
        task.on_kill()
