"""One publishing of a warehouse's marts in a process of its own: its seconds and its memory."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.fresh import cpu_seconds, run_fresh


def run_publish(lake: Path, warehouse: Path) -> dict[str, Any]:
    """Publish a warehouse into a lake, with the DuckDB file for BI tools beside the warehouse.

    Returns:
        `wall`, `cpu`: seconds of the process from its start; `memory`: most resident bytes.
    """
    began = time.perf_counter()
    done = run_fresh("benchmarks.warehouse.publish_run", lake, warehouse)
    return done | {"wall": time.perf_counter() - began}


def main() -> None:
    """Publish what the command line names, and print what it cost."""
    from miatel_warehouse.places import Places
    from miatel_warehouse.publish import publish

    lake, warehouse = sys.argv[1], Path(sys.argv[2])
    publish(Places.of_one(lake, warehouse, warehouse.with_suffix(".bi.duckdb")))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu": cpu_seconds(), "memory": memory}))


if __name__ == "__main__":
    main()
