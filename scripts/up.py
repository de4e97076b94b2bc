"""`make up`: Airflow's UI on 127.0.0.1 with the simulated platform behind it, until Ctrl-C."""

from __future__ import annotations

import sys
import time

from processes import Processes
from project import AIRFLOW_HOME, DATA, simulated_environment
from server import AirflowServer, start_airflow
from simulated import (
    FIRST_DAY,
    SimulatedPlatform,
    prepare_airflow,
    print_ignored_settings,
    say_same_account,
    simulated_data,
    start_simulator,
)


def main() -> None:
    """Start everything, say where it is, and wait for Ctrl-C or the first component to end."""
    print_ignored_settings(DATA)
    environment = simulated_environment()
    with simulated_data(AIRFLOW_HOME, DATA), Processes() as processes:
        print("Starting the simulated platform …", flush=True)
        platform = start_simulator(processes, environment, AIRFLOW_HOME / "simulator.log")
        say_same_account(platform, DATA / "lake")
        print("Preparing Airflow: database, pools, connection …", flush=True)
        prepare_airflow(platform.connections(), environment, AIRFLOW_HOME / "prepare.log")
        print("Starting Airflow; this takes about half a minute …", flush=True)
        server = start_airflow(processes, AIRFLOW_HOME, environment)
        server.wait_until_healthy()
        server.switch_on("miatel_history", "miatel_transform")
        welcome(server, platform)
        while not (ended := server.ended()):
            time.sleep(1)
    sys.exit(f"Airflow's {ended} ended by itself; its output is in {server.log(ended)}")


def welcome(server: AirflowServer, platform: SimulatedPlatform) -> None:
    """Say where everything is and what to try."""
    print(
        f"""
Airflow is ready:  {server.address}
Login:             admin / {server.password}
Simulator:         {platform.url} (connection miatel_default), traffic from {FIRST_DAY} until now
Data:              {DATA}

Try: trigger miatel_history with a week as its period; miatel_transform follows by itself.
Ctrl-C ends Airflow and the simulator.""",
        flush=True,
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
