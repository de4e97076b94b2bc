"""A whole Airflow with a scheduler, on a simulated platform: what a deployment does, but small."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from processes import Processes
from project import BIN, PROJECT
from server import AirflowServer, start_airflow
from simulated import prepare_airflow

FINISHED = ("success", "failed")


@dataclass(frozen=True)
class Stack:
    """A running Airflow and how to talk to it as a user does."""

    server: AirflowServer
    environment: dict[str, str]
    session: requests.Session

    def get(self, path: str) -> Any:
        """GET below /api/v2."""
        answer = self.session.get(f"{self.server.address}/api/v2/{path}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        """POST below /api/v2, whatever comes of it."""
        return self.session.post(f"{self.server.address}/api/v2/{path}", json=body, timeout=60)

    def airflow(self, *arguments: str) -> str:
        """`airflow ARGUMENTS`, its output.

        SQLite refuses one of two writers that meet. Airflow then takes back what it had begun, for
        the user to try again; the databases of real deployments wait instead.
        """
        for _ in range(5):
            done = subprocess.run(
                [BIN / "airflow", *arguments],
                env=self.environment,
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if "database is locked" not in done.stdout:
                break
        assert done.returncode == 0, done.stdout
        return done.stdout

    def runs(self, dag_id: str, run_type: str = "") -> list[dict[str, Any]]:
        """The DAG's runs, all or those of one type, the oldest logical date first."""
        runs = self.get(f"dags/{dag_id}/dagRuns?order_by=logical_date")["dag_runs"]
        return [run for run in runs if run_type in ("", run["run_type"])]

    def finished_runs(
        self, dag_id: str, count: int, run_type: str = "", seconds: float = 180
    ) -> list[dict[str, Any]]:
        """Wait until at least `count` runs have finished and none is under way."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.runs(dag_id, run_type)
            if len(runs) >= count and all(run["state"] in FINISHED for run in runs):
                return runs
            time.sleep(1)
        raise AssertionError(f"{dag_id}: {[(r['dag_run_id'], r['state']) for r in runs]}")


@contextmanager
def running_airflow(
    home: Path,
    environment: dict[str, str],
    connections: dict[str, dict[str, str]],
    *,
    removed_pool: str | None = None,
) -> Iterator[Stack]:
    """Start Airflow with these connections; everything has ended afterwards.

    Of the project's DAGs only `miatel_history` is switched on.

    Args:
        home: Airflow's home; must not be there yet.
        environment: of all its processes.
        connections: by name, in Airflow's JSON.
        removed_pool: one that is missing when the scheduler starts.
    """
    home.mkdir()
    prepare_airflow(connections, environment, home / "prepare.log")
    if removed_pool:
        _remove_pool(home, removed_pool)
    with Processes() as processes:
        server = start_airflow(processes, home, environment)
        server.wait_until_healthy()
        stack = Stack(server, environment, server.log_in())
        _wait_for_dags(stack)
        server.switch_on("miatel_history")
        yield stack


def _remove_pool(home: Path, name: str) -> None:
    """Delete it from the database itself: importing Airflow for a command takes seconds."""
    with closing(sqlite3.connect(home / "airflow.db")) as database, database:
        removed = database.execute("delete from slot_pool where pool = ?", [name]).rowcount
    assert removed == 1, name


def _wait_for_dags(stack: Stack) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if stack.get("dags")["total_entries"] == 8:
            return
        time.sleep(1)
    raise AssertionError(stack.get("importErrors"))
