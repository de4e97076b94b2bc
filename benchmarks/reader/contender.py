"""One approach, once, in this process: CPU time, wall time and memory as a line of JSON."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import tempfile
import time
from pathlib import Path

from benchmarks.common import fresh
from benchmarks.reader.approaches import MAKERS


def main() -> None:
    """Measure the approach that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("approach", choices=MAKERS)
    parser.add_argument("body", type=Path, help="file of an answer's body")
    parser.add_argument("warm_up", type=Path, help="file of a small body, run before measuring")
    parser.add_argument("out", type=Path, help="existing empty directory for the Parquet files")
    options = parser.parse_args()

    importlib.import_module("pandas")  # pyarrow does at its first conversion, whoever calls
    run = MAKERS[options.approach]()
    with tempfile.TemporaryDirectory() as scratch:
        run(options.warm_up.read_bytes(), options.warm_up, Path(scratch))
    body = options.body.read_bytes()
    gc.collect()
    before = fresh.memory_now()
    fresh.reset_memory_peak()
    cpu, wall = fresh.cpu_seconds(), time.perf_counter()
    kept = run(body, options.body, options.out)
    cpu, wall = fresh.cpu_seconds() - cpu, time.perf_counter() - wall
    added = fresh.memory_peak() - before
    del kept
    print(json.dumps({"cpu": cpu, "wall": wall, "memory_ratio": added / len(body)}))


if __name__ == "__main__":
    main()
