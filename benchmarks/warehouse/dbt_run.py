"""One dbt command over a lake, in a process of its own: seconds by model, and its memory."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.fresh import run_fresh
from benchmarks.results import ROOT

_PROJECT = ROOT / "dbt_project"


def run_dbt(command: str, lake: Path, warehouse: Path, *arguments: str) -> dict[str, Any]:
    """Run a dbt command; dbt's own files go beside the warehouse that it builds in.

    It is started from a fresh process: the kernel counts a starter's memory as its child's, too.

    Returns:
        `wall`, `cpu`: seconds of the process; `memory`: most resident bytes; `sql`: seconds in
        statements, by dbt's log; `seconds` by node, by dbt's results, and `nodes`, their sum.
    """
    return run_fresh("benchmarks.warehouse.dbt_run", command, lake, warehouse, *arguments)


def main() -> None:
    """Run the dbt command of the command line, and print what it cost."""
    command, lake, warehouse, *arguments = sys.argv[1:]
    target = Path(warehouse).with_suffix(".target")
    log = target / "dbt.log"
    log.unlink(missing_ok=True)
    settings = {
        "MIATEL_LAKE": lake, "MIATEL_WAREHOUSE": warehouse, "DBT_LOG_FORMAT_FILE": "json",
        "MIATEL_RECIPIENT_KEY": "of simulated recipients: no secret",
        "DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target),
        "DBT_LOG_FILE_MAX_BYTES": "0",  # one file, however long
    }  # fmt: skip
    dbt = [str(Path(sys.executable).with_name("dbt")), command, *arguments]
    dbt += ["--project-dir", str(_PROJECT), "--profiles-dir", str(_PROJECT)]
    begin = time.perf_counter()
    done = subprocess.run(dbt, env=os.environ | settings, capture_output=True, text=True)  # noqa: PLW1510
    wall, usage = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"dbt {command} failed:\n{done.stdout[-1900:]}")
    results = json.loads((target / "run_results.json").read_text())["results"]
    seconds = {node["unique_id"].partition(".")[2]: node["execution_time"] for node in results}
    events = [json.loads(line) for line in log.read_text().splitlines()]
    statements = [event["data"] for event in events if event["info"]["name"] == "SQLQueryStatus"]
    sql = sum(data["elapsed"] for data in statements if data.get("node_info"))  # of nodes, hooks
    print(json.dumps({
        "wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024,
        "sql": sql, "nodes": sum(seconds.values()), "seconds": seconds,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
