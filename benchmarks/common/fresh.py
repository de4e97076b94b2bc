"""One measurement in a process of its own, so that none leaves anything behind for the next."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common.paths import ROOT


def environment() -> dict[str, str]:
    """This process's environment, with the project's packages importable from any venv."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "include")]),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def run_fresh(module: str, arguments: Sequence[str], python: Path | None = None) -> dict[str, Any]:
    """Run a module and give the JSON object that it printed last.

    Args:
        module: dotted name; it must end by printing one JSON object on a line.
        arguments: its command line.
        python: the interpreter; by default this one.

    Raises:
        RuntimeError: it failed; the message ends with what it wrote to the error stream.
    """
    done = subprocess.run(
        [str(python or sys.executable), "-m", module, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def cpu_seconds() -> float:
    """User and system time of this process, all its threads, and its finished children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def memory_now() -> int:
    """Resident memory of this process, bytes."""
    return _status_bytes("VmRSS")


def reset_memory_peak() -> None:
    """Let `memory_peak` begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_peak() -> int:
    """The most resident memory since the start or the last reset, bytes."""
    return _status_bytes("VmHWM")


def _status_bytes(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {name}: memory is measured on Linux only")
