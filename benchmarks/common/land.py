"""One extraction of a range in this process: wall time, CPU time and memory as a line of JSON."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.common import fresh
from miatel.api.client import MiatelClient
from miatel.extraction import Extraction
from miatel.lake.lake import open_lake
from miatel.windows import parse_time

KEY = "simulator-key"


def main() -> None:
    """Land the range that the command line names, and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of the simulated platform")
    parser.add_argument("lake", type=Path, help="directory to land in")
    parser.add_argument("start", type=parse_time, help="first second, GMT")
    parser.add_argument("end", type=parse_time, help="the second after the last, GMT")
    options = parser.parse_args()

    importlib.import_module("pandas")  # pyarrow does at its first conversion, whoever calls
    client = MiatelClient(options.url, KEY, clock=_now, lock_dir=options.lake.parent)
    extraction = Extraction(
        client, open_lake(options.lake), "benchmark", _now, on_progress=lambda _: None
    )
    gc.collect()
    before = fresh.memory_now()
    fresh.reset_memory_peak()
    cpu, wall = fresh.cpu_seconds(), time.perf_counter()
    report = extraction.land_range(options.start, options.end)
    cpu, wall = fresh.cpu_seconds() - cpu, time.perf_counter() - wall
    facts = report.summary()
    facts |= {"cpu": cpu, "wall": wall, "memory": fresh.memory_peak() - before}
    gc.collect()
    facts["memory_after"] = fresh.memory_now() - before
    print(json.dumps(facts))


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
