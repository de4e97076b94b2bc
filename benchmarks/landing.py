"""Land one answer with this version and with 0.1.0, turn by turn, each in a fresh process."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.fresh import LIBRARY, run_fresh
from benchmarks.reader.bodies import SPELLINGS, write_bodies
from benchmarks.results import ROOT, Results, Table, Target, ratios, spread

_COMMIT_OF_0_1_0 = "983b876"
_STEPS = {
    "whole": "an answer's bytes to a day file",
    "reading": "of it, reading",
    "landing": "of it, keys, order, file and digest",
    "again": "landing the same again, compared record by record",
}


def run(*, is_small: bool) -> Results:
    """Measure both versions, interleaved."""
    records, repetitions = (2_000, 1) if is_small else (100_000, 7)
    costs: dict[str, list[dict[str, float]]] = {"now": [], "0.1.0": []}
    with TemporaryDirectory() as directory:
        bodies = Path(directory)
        write_bodies(bodies, records)
        files = [bodies / f"{name}.json" for name in ("warm_up", next(iter(SPELLINGS)))]
        libraries = {"now": LIBRARY, "0.1.0": _unpack_0_1_0(bodies)}
        for _ in range(repetitions):
            for name, library in libraries.items():
                found = run_fresh("benchmarks.land_body", *files, library=library)
                costs[name].append({**found, "whole": found["reading"] + found["landing"]})

    rows: Table = []
    for step, what in _STEPS.items():
        now, old = ([run[step] for run in runs] for runs in costs.values())
        figures = {"CPU, s": spread(now), "CPU of 0.1.0, s": spread(old)}
        rows.append({"step": what, **figures, "ratio": ratios(now, old)})
    now, old = ([run["bytes"] for run in runs] for runs in costs.values())
    size = ratios(now, old)[1]
    note = f"{records:,} records. A day file is {size:.2f} times as large as one of 0.1.0."
    whole = "CPU of landing an answer, reading included, ÷ of 0.1.0"
    return Results([Target(whole, 1.2, rows[0]["ratio"])], {"steps": rows}, notes=[note])


def _unpack_0_1_0(place: Path) -> Path:
    """The library as it was, from the repository's history."""
    archive = subprocess.run(
        ["git", "archive", _COMMIT_OF_0_1_0, "include/miatel"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    old = place / "old"
    old.mkdir()
    subprocess.run(["tar", "-x", "-C", old], input=archive.stdout, check=True)
    return old / "include"
