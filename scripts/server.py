"""Airflow's own processes, serving the UI on loopback: for `make up` and for tests."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from processes import Processes
from project import BIN, PROJECT, read_json

HOST = "127.0.0.1"
USUAL_PORT = 8080
PATIENCE_SECONDS = 180
# Logs are read from disk here: their servers would listen on every address of the machine.
COMPONENTS: Mapping[str, Sequence[str]] = {
    "api-server": ["--workers", "1"],
    "scheduler": ["--skip-serve-logs"],
    "dag-processor": [],
    "triggerer": ["--skip-serve-logs"],
}


@dataclass(frozen=True)
class AirflowServer:
    """A running Airflow.

    Attributes:
        home: its home, with a log file for each of its processes.
        port: where its UI and API listen.
        components: its processes by name.
    """

    home: Path
    port: int
    components: Mapping[str, subprocess.Popen[str]]

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self.port}"

    @property
    def password(self) -> str:
        """The password of the user `admin`, which Airflow made up at its first start."""
        return str(json.loads(_passwords(self.home).read_text())["admin"])

    def wait_until_healthy(self) -> None:
        """Return once the UI answers and Airflow reports every part as healthy, or exit."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if name := self.ended():
                sys.exit(f"Airflow's {name} did not start; its output is in {self.log(name)}")
            if self._is_healthy():
                return
            time.sleep(1)
        sys.exit(f"Airflow was not ready after {PATIENCE_SECONDS} s; see the logs in {self.home}")

    def log_in(self) -> requests.Session:
        """A session that talks to Airflow's API as its user `admin`."""
        session = requests.Session()
        session.trust_env = False
        login = {"username": "admin", "password": self.password}
        token = session.post(f"{self.address}/auth/token", json=login, timeout=60).json()
        session.headers["Authorization"] = f"Bearer {token['access_token']}"
        return session

    def switch_on(self, *dag_ids: str) -> None:
        """Switch DAGs on, each as soon as Airflow has read it, as a person does in the UI."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.log_in() as session:
            for dag_id in dag_ids:
                url = f"{self.address}/api/v2/dags/{dag_id}"
                while not session.patch(url, json={"is_paused": False}, timeout=60).ok:
                    if time.monotonic() > deadline:
                        sys.exit(f"Airflow does not know {dag_id}; see the logs in {self.home}")
                    time.sleep(1)

    def ended(self) -> str | None:
        """The name of a component that runs no more, if there is one."""
        return next(
            (n for n, process in self.components.items() if process.poll() is not None), None
        )

    def log(self, name: str) -> Path:
        """Where a component's output goes."""
        return _component_log(self.home, name)

    def _is_healthy(self) -> bool:
        try:
            health = read_json(f"{self.address}/api/v2/monitor/health")
        except requests.RequestException:
            return False
        parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
        return all((health.get(part) or {}).get("status") == "healthy" for part in parts)


def start_airflow(
    processes: Processes, home: Path, environment: Mapping[str, str]
) -> AirflowServer:
    """Start Airflow's four processes.

    Args:
        processes: ends them in the end.
        home: Airflow's home, prepared.
        environment: for this home, see `airflow_environment`.
    """
    port = free_port()
    address = f"http://{HOST}:{port}"
    settings = {
        **environment,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple"
        ".simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(home)),
    }
    started = {}
    for name, options in COMPONENTS.items():
        with _component_log(home, name).open("w") as output:
            started[name] = processes.start(
                [BIN / "airflow", name, *options],
                environment=settings,
                directory=PROJECT,
                output=output,
            )
    return AirflowServer(home, port, started)


def free_port() -> int:
    """Airflow's usual port, or another one where that is taken."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            # As servers do: a port in TIME_WAIT after the last `make up` counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    sys.exit(f"There is no free port on {HOST}.")


def _component_log(home: Path, name: str) -> Path:
    return home / f"{name}.log"


def _passwords(home: Path) -> Path:
    return home / "simple_auth_manager_passwords.json.generated"
