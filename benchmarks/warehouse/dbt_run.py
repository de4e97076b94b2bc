"""One dbt run over a lake, in a process of its own: seconds by model, and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.common.fresh import run_fresh
from benchmarks.common.paths import ROOT

PROJECT = ROOT / "dbt_project"
_RECIPIENT_KEY = "of simulated recipients: no secret"


@dataclass(frozen=True)
class DbtRun:
    """What a run cost.

    Attributes:
        wall: seconds from start to end of the process, its imports and parsing included.
        cpu: its processor time, seconds.
        memory: the most resident memory of the process, bytes.
        sql: seconds in statements of the nodes, as dbt's log tells them.
        seconds: by node, what dbt reports as its execution time: its SQL, the questions that its
            compilation asks, and what dbt does around them.
    """

    wall: float
    cpu: float
    memory: int
    sql: float
    seconds: dict[str, float]

    @property
    def nodes(self) -> float:
        """Seconds of all nodes."""
        return sum(self.seconds.values())


def run_dbt(command: str, lake: Path, warehouse: Path, *arguments: str) -> DbtRun:
    """Run a dbt command, started from a fresh process.

    The kernel counts what the starting process had in memory as the started one's, too.

    Args:
        command: `build`, `test`, …
        lake: directory to read.
        warehouse: DuckDB file to build in; dbt's own files go beside it.
        arguments: further ones of the command.

    Raises:
        RuntimeError: it failed; the message ends with what it wrote.
    """
    return DbtRun(
        **run_fresh(
            "benchmarks.warehouse.dbt_run", [command, str(lake), str(warehouse), *arguments]
        )
    )


def main() -> None:
    """Run the dbt command of the command line, and print what it cost."""
    command, lake, warehouse, *arguments = sys.argv[1:]
    print(json.dumps(asdict(_run(command, lake, Path(warehouse), arguments))))


def _run(command: str, lake: str, warehouse: Path, arguments: list[str]) -> DbtRun:
    target = warehouse.with_suffix(".target")
    events = target / "dbt.log"
    events.unlink(missing_ok=True)
    places = {
        "MIATEL_LAKE": lake,
        "MIATEL_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_LOG_FORMAT_FILE": "json",
        "DBT_LOG_FILE_MAX_BYTES": "0",  # one file, however long
        "MIATEL_RECIPIENT_KEY": _RECIPIENT_KEY,
    }
    dbt = [str(Path(sys.executable).with_name("dbt")), command, *arguments]
    log = warehouse.with_suffix(".log")
    begin = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            [*dbt, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)],
            env=os.environ | places,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"dbt {command} failed:\n{log.read_text()[-3000:]}")
    results = json.loads((target / "run_results.json").read_text())["results"]
    seconds = {
        result["unique_id"].partition(".")[2]: result["execution_time"] for result in results
    }
    return DbtRun(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss * 1024,
        sql=_seconds_of_statements(events),
        seconds=seconds,
    )


def _seconds_of_statements(events: Path) -> float:
    """Sum of what dbt's log says of each statement of a model, seed or hook."""
    seconds = 0.0
    for line in events.read_text().splitlines():
        event = json.loads(line)
        if event["info"]["name"] == "SQLQueryStatus" and event["data"].get("node_info"):
            seconds += event["data"]["elapsed"]
    return seconds


if __name__ == "__main__":
    main()
