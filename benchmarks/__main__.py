"""`make bench`: run the parts one after the other, store what they found, render the document."""

import argparse
import importlib
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.render import find_figures, render
from benchmarks.results import ROOT, load, store

PARTS = {
    "windows": "windows.run", "overlap": "overlap", "growth": "growth",
    "late_receipts": "late_receipts", "reader": "reader.run", "landing": "landing",
    "warehouse": "warehouse.run", "dashboard": "dashboard",
}  # fmt: skip
"""In the order of the document: part → the module here that has `run(is_small=…)`."""


def main() -> None:
    """Run the parts that the command line names, by default all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="only see that all works, in minutes")
    parser.add_argument("--render", action="store_true", help="measure nothing, only render")
    parser.add_argument("--check", action="store_true", help="whether the document is as rendered")
    parser.add_argument("--document", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.check:
        text = options.document.read_text()
        if render(text, PARTS, options.results) != text:
            sys.exit(f"{options.document} is not what the results say: run make bench, or --render")
        sys.exit("\n".join(find_figures(text)) or None)
    for part in options.parts or PARTS:
        if not options.render:
            _measure(part, None if options.small else options.results)
        if not options.small:
            text = render(options.document.read_text(), PARTS, options.results)
            options.document.write_text(text)
            if (facts := load(part, options.results))["panels"]:  # matplotlib is slow to import
                drawing = importlib.import_module("benchmarks.draw")
                drawing.draw(facts, options.document.parent / f"images/benchmarks/{part}.png")


def _measure(part: str, directory: Path | None) -> None:
    """Run a part, and store what it found; without a directory a small one."""
    measured, began = _machine(), time.monotonic()
    print(f"{part}: load {measured['load_before']}", flush=True)
    module = importlib.import_module(f"benchmarks.{PARTS[part]}")
    results = module.run(is_small=directory is None)
    measured["seconds"] = round(time.monotonic() - began)
    if directory is not None:
        store(part, results, measured, directory)
    for target in results.targets:
        print(f"  {target.figure}: {target.measured}, limit {target.limit}", flush=True)
    print(f"{part}: {measured['seconds']} s", flush=True)


def _machine() -> dict[str, Any]:
    """When, at which commit, on what, with which versions, and how busy the machine was then."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    processor = cpuinfo.partition("model name")[2].partition(":")[2].partition("\n")[0].strip()
    changed = _git("status", "--porcelain", "--", "include", "dbt_project")
    packages = ("pyarrow", "orjson", "numpy", "requests", "filelock", "duckdb", "dbt-duckdb")
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _git("rev-parse", "--short", "HEAD") + (" and changes" if changed else ""),
        "processor": processor or platform.machine(), "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(terse=True), "python": platform.python_version(),
        "versions": {name: version(name) for name in packages},
        "load_before": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _git(*arguments: str) -> str:
    git = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return git.stdout.strip()


if __name__ == "__main__":
    main()
