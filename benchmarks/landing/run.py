"""Land one answer with this version and with 0.1.0, turn by turn, each in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.common.paths import ROOT
from benchmarks.reader.bodies import write_bodies

VERSION_0_1_0 = "983b876"
_RUNS = 7
_RECORDS = 100_000


def run(*, is_small: bool) -> dict[str, Any]:
    """Measure; gives each version's figures, in the order in which they were measured."""
    records, runs = (2_000, 1) if is_small else (_RECORDS, _RUNS)
    with TemporaryDirectory() as place:
        write_bodies(Path(place), records)
        libraries = {"now": ROOT / "include", "0.1.0": _unpack_0_1_0(Path(place))}
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in libraries}
        for _ in range(runs):
            for name, library in libraries.items():
                figures[name].append(_land(library, Path(place)))
    return {"records": records, "runs": runs, "figures": figures}


def _unpack_0_1_0(place: Path) -> Path:
    """The library as it was, from the repository's history."""
    archive = subprocess.run(
        ["git", "archive", VERSION_0_1_0, "include/miatel"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(place / "old", filter="data")
    return place / "old" / "include"


def _land(library: Path, place: Path) -> dict[str, float]:
    script = Path(__file__).with_name("land_body.py")
    done = subprocess.run(
        [sys.executable, script, place / "warm_up.json", place / "clean.json"],
        env={**os.environ, "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    facts: dict[str, float] = json.loads(done.stdout)
    return facts
