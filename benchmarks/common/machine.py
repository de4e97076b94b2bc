"""On what the figures were measured, and what else it was doing."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.common.paths import ROOT

_OURS = ("pyarrow", "orjson", "numpy", "requests", "filelock")


def machine_line() -> str:
    """When, on what, with which versions, and how busy the machine was just then."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = ", ".join(f"{name} {version(name)}" for name in _OURS)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {_processor()}, {os.cpu_count()} cores, "
        f"{memory / 2**30:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {versions}, commit {_commit()}, "
        f"load before {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    """The commit measured; marked when the library's files differ from it."""
    name = _git("rev-parse", "--short", "HEAD")
    return name + (" and changes" if _git("status", "--porcelain", "--", "include") else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
