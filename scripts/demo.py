"""`make demo`: simulated traffic through Airflow and dbt to BI tables, a line for each step."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from demo_airflow import DONE
from processes import Processes
from progress import progress_of
from project import PROJECT, simulated_environment
from simulated import (
    FIRST_DAY,
    SimulatedPlatform,
    print_ignored_settings,
    say_same_account,
    simulated_data,
    start_simulator,
)

END = "2026-05-01"
NOW = "2026-05-04T00:00:00"
"""Where the platform's clock stands: 72 hours after the last message, so every receipt that will
ever come has come. Requests carry the real time, from which the tables know which hours are mature:
a receipt that were still on its way would count as one that never came."""


@dataclass(frozen=True)
class Demo:
    """One run of the demo.

    Attributes:
        directory: where Airflow's state and the data go.
        end: the first day not landed any more.
    """

    directory: Path
    end: str
    started: float

    @property
    def home(self) -> Path:
        """Airflow's home."""
        return self.directory / ".airflow"

    @property
    def data(self) -> Path:
        """Where lake, warehouse and BI tables go."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """Where all output goes that is too much for a person."""
        return self.home / "demo.log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of the demo."""
        return simulated_environment(self.home, self.data)

    def run(self) -> None:
        """Run every step; exits with 1 and the reason when anything is not as it should be."""
        print_ignored_settings(self.data)
        with simulated_data(self.home, self.data), Processes() as processes:
            self.log.write_text("")
            self.say(f"The full output of Airflow and dbt goes to {self.log}")
            with self.step("Start the simulated platform"):
                platform = start_simulator(
                    processes, self.environment, self.home / "simulator.log", f"--now={NOW}"
                )
                say_same_account(platform, self.data / "lake")
                self.say(f"  it listens on {platform.url}")
            airflow = self.start_airflow(processes)
            with self.step("Prepare Airflow: database, pools, connection"):
                if refusal := self.tell(airflow, "prepare", platform.connections()):
                    sys.exit(f"{refusal}\nAll of Airflow's output is in {self.log}")
            with self.step(f"DAG miatel_history: land {FIRST_DAY} up to {self.end}"):
                period = {"start": FIRST_DAY, "end": self.end}
                self.run_dag(airflow, "miatel_history", "-c", json.dumps(period))
            with self.step("DAG miatel_transform: dbt build with its tests, then publish"):
                self.run_dag(airflow, "miatel_transform")
            with self.step("Compare with what the platform holds"):
                self.compare_with_truth(platform)
        self.print_summary()

    def say(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        print(f"[{time.monotonic() - self.started:4.0f} s] {text}", flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and how long it took."""
        self.say(title)
        started = time.monotonic()
        yield
        self.say(f"  done in {time.monotonic() - started:.1f} s")

    def start_airflow(self, processes: Processes) -> subprocess.Popen[str]:
        """Start the process that prepares Airflow and in which all DAGs run."""
        return processes.start(
            [sys.executable, PROJECT / "scripts" / "demo_airflow.py"],
            environment={**self.environment, "AIRFLOW__LOGGING__JSON_LOGS": "True"},
            directory=PROJECT,
            output=subprocess.PIPE,
            stdin=subprocess.PIPE,
        )

    def run_dag(self, airflow: subprocess.Popen[str], dag_id: str, *options: str) -> None:
        """`airflow dags test`, showing progress; exits when the run failed."""
        if self.tell(airflow, "dags", "test", dag_id, self.end, *options):
            sys.exit(f"The run of {dag_id} failed; the reason is above and in {self.log}")

    def tell(self, airflow: subprocess.Popen[str], *command: object) -> str | None:
        """Have a command done, showing progress; gives the last line of output if it failed."""
        line = ""
        with suppress(BrokenPipeError):  # it has ended; its output says why
            print(json.dumps(command), file=airflow.stdin, flush=True)
        with self.log.open("a") as log:
            for line in airflow.stdout or ():
                if line.strip() == DONE:
                    return None
                log.write(line)
                if text := progress_of(line):
                    self.say(f"  {text}")
        return line.strip() or "Airflow ended"

    def compare_with_truth(self, platform: SimulatedPlatform) -> None:
        """Exit unless every layer holds exactly as many messages as the platform does."""
        expected = platform.read(f"truth?start={FIRST_DAY}&end={self.end}")["total"]
        raw, marts = self.data / "lake/raw/mdr/*/mdr.parquet", self.data / "lake/marts"
        layers = {
            "raw files": ("count(*)", raw),
            "fct_mdr": ("count(*)", marts / "fct_mdr/*.parquet"),
            "delivery_daily": ("sum(segment_count)", marts / "delivery_daily.parquet"),
        }
        for layer, (measure, files) in layers.items():
            found = count_in_period(measure, files, FIRST_DAY, self.end)
            self.say(f"  {layer:15}{found:>9,} of {expected:,}")
            if found != expected:
                sys.exit(f"{layer} holds {found}, but the platform holds {expected}")
        seen = platform.read("requests")
        if seen["overlaps"]:
            sys.exit(f"{seen['overlaps']} requests were in flight together; only one may be")
        self.say(f"  {len(seen['requests'])} requests, never two at once")

    def run_warehouse(self, *arguments: str) -> None:
        """`python -m miatel_warehouse`, its output shown."""
        subprocess.run(
            [sys.executable, "-m", "miatel_warehouse", *arguments],
            env=self.environment,
            cwd=PROJECT,
            check=True,
        )

    def print_summary(self) -> None:
        """What the published tables say, and where they and their page are."""
        print(flush=True)
        self.run_warehouse("summary")
        print(flush=True)
        print(
            f"Page:      {self.environment['MIATEL_REPORTS']}/delivery.html (open it in a browser)"
        )
        print(f"BI tables: {self.data}/bi.duckdb (DuckDB; open it read-only)")
        print(f"           {self.data}/lake/marts: *.parquet, of facts fct_mdr/*.parquet")
        print("The same in Airflow's own UI, with the page as SMS in its navigation: make up")


def count_in_period(measure: str, files: Path, start: str, end: str) -> int:
    """`measure` over the rows of Parquet files whose `mdr_date` lies in `[start, end)`."""
    table = duckdb.read_parquet(str(files), hive_partitioning=True)
    days = table.filter(f"mdr_date >= date '{start}' and mdr_date < date '{end}'")
    row = days.aggregate(f"coalesce({measure}, 0)::bigint as found").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    """Read the command line and run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=PROJECT, help="for all it writes")
    parser.add_argument("--end", default=END, help="first day not landed (default: %(default)s)")
    options = parser.parse_args()
    try:
        Demo(options.directory.resolve(), options.end, time.monotonic()).run()
    except KeyboardInterrupt:
        sys.exit("\nStopped. What is landed stays landed: `make demo` goes on from there.")


if __name__ == "__main__":
    main()
