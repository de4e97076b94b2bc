"""`make up`: Airflow's UI on 127.0.0.1 with the simulated platform behind it, until Ctrl-C."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests
from processes import Processes
from project import AIRFLOW_HOME, BIN, DATA, PROJECT, read_json, simulated_environment
from simulated import (
    FIRST_DAY,
    prepare_airflow,
    simulated_data,
    start_simulator,
    tell_ignored_settings,
)

HOST = "127.0.0.1"
USUAL_PORT = 8080
PATIENCE_SECONDS = 180
# Logs are read from disk here: their servers would listen on every address of the machine.
COMPONENTS = {
    "api-server": ["--host", HOST, "--workers", "1"],
    "scheduler": ["--skip-serve-logs"],
    "dag-processor": [],
    "triggerer": ["--skip-serve-logs"],
}
PASSWORDS = AIRFLOW_HOME / "simple_auth_manager_passwords.json.generated"


def main() -> None:
    """Start everything, say where it is, and wait for Ctrl-C or the first component to end."""
    tell_ignored_settings(DATA)
    with simulated_data(AIRFLOW_HOME, DATA), Processes() as processes:
        port = free_port()
        environment = ui_environment(port)
        log = AIRFLOW_HOME / "up.log"
        log.write_text("")
        print("Starting the simulated platform …", flush=True)
        platform = start_simulator(processes, environment, AIRFLOW_HOME / "simulator.log")
        print("Preparing Airflow: database, pools, connection …", flush=True)
        prepare_airflow(platform, environment, log)
        print("Starting Airflow; this takes about half a minute …", flush=True)
        components = start_components(processes, environment)
        wait_until_healthy(port, components)
        print_welcome(port, platform.url)
        ended = wait_for_end(components)
    sys.exit(f"Airflow's {ended} ended by itself; its output is in {component_log(ended)}")


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


def ui_environment(port: int) -> dict[str, str]:
    """The environment of Airflow's components, with its server on `port`."""
    address = f"http://{HOST}:{port}"
    return {
        **simulated_environment(),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple"
        ".simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(PASSWORDS),
    }


def start_components(
    processes: Processes, environment: Mapping[str, str]
) -> dict[str, subprocess.Popen[str]]:
    """Start Airflow's four processes, each with a log file of its own."""
    started = {}
    for name, options in COMPONENTS.items():
        with component_log(name).open("w") as output:
            started[name] = processes.start(
                [BIN / "airflow", name, *options],
                environment=environment,
                directory=PROJECT,
                output=output,
            )
    return started


def component_log(name: str) -> Path:
    """Where a component's output goes."""
    return AIRFLOW_HOME / f"{name}.log"


def wait_until_healthy(port: int, components: Mapping[str, subprocess.Popen[str]]) -> None:
    """Return once the UI answers and Airflow reports every part as healthy."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for name, process in components.items():
            if process.poll() is not None:
                sys.exit(f"Airflow's {name} did not start; its output is in {component_log(name)}")
        if is_healthy(port):
            return
        time.sleep(1)
    sys.exit(f"Airflow was not ready after {PATIENCE_SECONDS} s; see the logs in {AIRFLOW_HOME}")


def is_healthy(port: int) -> bool:
    """Whether Airflow says that database, scheduler, DAG processor and triggerer work."""
    try:
        health = read_json(f"http://{HOST}:{port}/api/v2/monitor/health")
    except requests.RequestException:
        return False
    parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
    return all((health.get(part) or {}).get("status") == "healthy" for part in parts)


def print_welcome(port: int, simulator_url: str) -> None:
    """Say where everything is and what to try."""
    password = json.loads(PASSWORDS.read_text())["admin"]
    print(
        f"""
Airflow is ready:  http://{HOST}:{port}
Login:             admin / {password}
Simulator:         {simulator_url} (connection miatel_default), traffic from {FIRST_DAY} until now

Try: trigger miatel_history with a week as its period; miatel_transform follows by itself.
Ctrl-C ends Airflow and the simulator.""",
        flush=True,
    )


def wait_for_end(components: Mapping[str, subprocess.Popen[str]]) -> str:
    """Wait until a component ends, which none should; returns its name."""
    while True:
        for name, process in components.items():
            if process.poll() is not None:
                return name
        time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
