"""The simulated platform behind `make demo` and `make up`, and the guards around its data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock
from processes import Processes
from project import PROJECT, read_json

from miatel import Account, add_origin, open_lake

KEY = "simulator-key"
FIRST_DAY = "2026-01-01"
# What somebody who looks at the tables should find, by `python -m miatel_simulator --incident`.
INCIDENTS = (
    # The page's answers: half of what Nigeria would get is lost, from this day to the end.
    "kind=delivery_drop,start=2026-04-14T00:00:00,seconds=1468800,network=621030,failing_share=0.5",
    # The watch list, one of each sign, and one early enough for a demo of three weeks.
    "kind=sequential_numbers,start=2026-01-19T02:00:00,seconds=10800,messages=240,network=404010,"
    "account=orbit_taxi",
    "kind=sequential_numbers,start=2026-04-20T02:00:00,seconds=10800,messages=240,network=286001,"
    "account=lumen_games",
    "kind=delivery_drop,start=2026-04-22T10:00:00,seconds=7200,failing_share=0.5",
    "kind=inflated,start=2026-04-28T19:00:00,seconds=10800,messages=600,network=510001,"
    "account=orbit_taxi,failing_share=0.6",
    "kind=unusual_destination,start=2026-04-29T20:00:00,seconds=10800,messages=300,network=648004,"
    "account=palm_travel",
    # price_changes: a fifth more for every account, for good.
    "kind=price_change,start=2026-04-16T00:00:00,network=525001,price_factor=1.2",
)
TRAFFIC = (
    f"--seed=1 --start={FIRST_DAY} --profile=bursty --messages-per-day=3500 --bursts-per-week=0.25"
    # More than one answer can hold, within an hour and a half: windows must split.
    " --spike=2026-01-13T09:00:00/5400/130000"
    # The history is of another time than the requests: the server's clock is this host's.
    " --date=host --names=object --body=data --unknown-field=string"
).split() + [f"--incident={incident}" for incident in INCIDENTS]
_START_SECONDS = 60


@dataclass(frozen=True)
class SimulatedPlatform:
    """A running simulator.

    Attributes:
        url: scheme, host and port.
    """

    url: str

    def connections(self) -> dict[str, dict[str, str]]:
        """The Airflow connection that leads here, in Airflow's own JSON form."""
        return {"miatel_default": {"conn_type": "miatel", "host": self.url, "password": KEY}}

    def read(self, page: str) -> dict[str, Any]:
        """One of the simulator's own pages, such as `truth?start=…&end=…`."""
        content: dict[str, Any] = read_json(f"{self.url}/_sim/{page}")
        return content


def start_simulator(
    processes: Processes, environment: Mapping[str, str], log: Path, *options: str
) -> SimulatedPlatform:
    """Start the simulator on a free port and wait until it listens.

    Args:
        processes: ends it in the end.
        environment: its environment.
        log: where its output goes.
        options: further options of `python -m miatel_simulator`.
    """
    with log.open("w") as output:
        process = processes.start(
            [sys.executable, "-u", "-m", "miatel_simulator", *TRAFFIC, *options],
            environment={**environment, "MIATEL_SIMULATOR_KEY": KEY},
            directory=PROJECT,
            output=output,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("listening on "):
                return SimulatedPlatform(line.removeprefix("listening on ").strip())
        time.sleep(0.1)
    sys.exit(f"The simulator did not start. Its output is in {log}")


def say_same_account(platform: SimulatedPlatform, lake: Path) -> None:
    """Add the simulator's address to a lake's origins: each start has another port."""
    add_origin(open_lake(lake), Account(platform.url, KEY), datetime.now(UTC))


def prepare_airflow(
    connections: Mapping[str, Mapping[str, str]], environment: Mapping[str, str], log: Path
) -> None:
    """Make Airflow's database, pools and `connections`, or exit saying why not."""
    with log.open("a") as output:
        done = subprocess.run(
            [sys.executable, PROJECT / "scripts" / "prepare_airflow.py"],
            env=environment,
            input=json.dumps(connections),
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        output.write(done.stderr)
    if done.returncode:
        sys.exit(f"{done.stderr.strip().splitlines()[-1]}\nAll of Airflow's output is in {log}")


@contextmanager
def simulated_data(home: Path, data: Path) -> Iterator[None]:
    """Hold `data` and `home` for simulated traffic alone.

    Exits with a message when `data` already holds a lake that no simulator wrote, or when another
    `make demo` or `make up` is at work.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = filelock.FileLock(home / "in_use.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        sys.exit("Another `make demo` or `make up` is at work in this clone: end it first.")
    try:
        _claim(data)
        yield
    finally:
        lock.release()


def _claim(data: Path) -> None:
    marker = data / "SIMULATED.txt"
    if (data / "lake").exists() and not marker.exists():
        sys.exit(
            f"{data / 'lake'} holds data that did not come from the simulator: nothing is "
            "mixed into it. Move it away, or use another clone for the demo."
        )
    data.mkdir(parents=True, exist_ok=True)
    marker.write_text("All data in this directory is simulated; `make clean` removes it.\n")


def print_ignored_settings(data: Path) -> None:
    """Say that the user's own paths stay untouched, if there are any."""
    ignored = sorted(
        name
        for name in ("MIATEL_LAKE", "MIATEL_WAREHOUSE", "MIATEL_BI", "MIATEL_REPORTS")
        if name in os.environ
    )
    if ignored:
        print(f"{', '.join(ignored)} left alone: simulated data goes to {data} only.")
