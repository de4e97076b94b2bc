"""One measurement in a process of its own, so that none leaves anything behind for the next."""

import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.results import ROOT

LIBRARY = ROOT / "include"


def environment(library: Path = LIBRARY) -> dict[str, str]:
    """This process's environment, with the project's packages importable from any venv."""
    path = os.pathsep.join([str(ROOT), str(library)])
    return {**os.environ, "PYTHONPATH": path, "RUNTIME__DLTHUB_TELEMETRY": "false"}


def run_fresh(
    module: str, *arguments: object, python: Path | str = sys.executable, library: Path = LIBRARY
) -> dict[str, Any]:
    """Run a module and give the JSON object that it printed as its last line."""
    command = [str(python), "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(library), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def measure(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What a function gives; and what it cost in seconds of CPU and wall, and bytes of memory.

    CPU is that of all threads and finished children; memory is the peak that was added.
    """
    importlib.import_module("pandas")  # pyarrow does at its first conversion, whoever calls
    gc.collect()
    before = _status_bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    memory = _status_bytes("VmHWM") - before
    gc.collect()
    left = _status_bytes("VmRSS") - before
    return result, {"cpu": cpu, "wall": wall, "memory": memory, "memory_after": left}


def cpu_seconds() -> float:
    """User and system time of this process, all its threads, and its finished children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _status_bytes(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024
