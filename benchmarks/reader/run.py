"""The reader against its peers: fresh processes, interleaved, outputs compared with the truth."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common.fresh import run_fresh
from benchmarks.common.markdown import table
from benchmarks.common.paths import PEERS_PYTHON
from benchmarks.common.peers import ensure_peers
from benchmarks.reader.approaches import PEERS
from benchmarks.reader.bodies import FORMS, SPELLINGS, TRAPS, write_bodies, write_traps
from benchmarks.reader.compare import compare
from benchmarks.reader.report import METHOD, TITLE, body, targets

_FORMS = (
    "ours",
    "orjson",
    "orjson again",
    "landed",
    *(f"ours:{name}" for name in SPELLINGS if name != "clean"),
    "read",
    *(f"{approach}:{name}" for name in FORMS for approach in ("read", "orjson")),
    *PEERS,
)
"""What one repetition runs, in this order; a second orjson shows what is noise."""

_CONTENDER = "benchmarks.reader.contender"


def main() -> None:
    """Measure, and print the section that the figures make."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reader.run", description=__doc__)
    parser.add_argument("--small", action="store_true", help="only see that all works")
    facts = run(is_small=parser.parse_args().small)
    rows = [target.row() for target in targets(facts)]
    print(f"\n## {TITLE}\n{METHOD}\n{body(facts)}")
    print(table(["target", "wanted", "measured", "verdict"], rows))


def run(*, is_small: bool) -> dict[str, Any]:
    """Measure; at small size only to see that all works.

    Returns:
        Seconds and memory by form, one value a repetition; what each lost; the traps.
    """
    ensure_peers()
    records, repetitions = (5_000, 2) if is_small else (100_000, 7)
    with _directory() as directory:
        write_bodies(directory, records)
        measured: dict[str, list[dict[str, float]]] = defaultdict(list)
        losses: dict[str, dict[str, int]] = {}
        for number in range(repetitions):
            for form in _FORMS:
                with _directory() as out:
                    measured[form].append(_measure(form, directory, out))
                    if number == 0 and not form.startswith(("orjson", "read")):
                        answer = _body(directory, form).read_bytes()
                        losses[form] = compare(answer, out, is_sorted=form == "landed")
            print(f"  reader: repetition {number + 1} of {repetitions}", flush=True)
        size = (directory / "clean.json").stat().st_size
    return {
        "records": records,
        "body_bytes": size,
        "repetitions": repetitions,
        "measured": measured,
        "losses": losses,
        "traps": _run_traps(),
        "versions": _peer_versions(),
    }


def _body(directory: Path, form: str) -> Path:
    return directory / f"{form.partition(':')[2] or 'clean'}.json"


def _measure(form: str, directory: Path, out: Path) -> dict[str, float]:
    approach = form.partition(":")[0].removesuffix(" again")
    files = [str(_body(directory, form)), str(directory / "warm_up.json"), str(out)]
    return run_fresh(_CONTENDER, [approach, *files], PEERS_PYTHON)


def _run_traps() -> dict[str, dict[str, Any]]:
    """For each approach and trap the name of the refusal, or the counts of what was lost."""
    results: dict[str, dict[str, Any]] = {}
    with _directory() as traps:
        write_traps(traps)
        for approach in ("ours", *PEERS):
            with _directory() as out:
                arguments = [approach, str(traps), str(out)]
                refusals = run_fresh("benchmarks.reader.trap_run", arguments, PEERS_PYTHON)
                results[approach] = {
                    trap: refusals.get(trap)
                    or compare((traps / f"{trap}.json").read_bytes(), out / trap)
                    for trap in TRAPS
                }
            print(f"  reader: traps for {approach}", flush=True)
    return results


def _peer_versions() -> dict[str, str]:
    return {
        name: run_fresh("benchmarks.common.version_of", [name], PEERS_PYTHON)["version"]
        for name in ("pyarrow", "orjson", "pandas", "duckdb", "polars", "dlt")
    }


@contextmanager
def _directory() -> Iterator[Path]:
    """A directory that is removed afterwards, in memory where the system offers that."""
    shared = Path("/dev/shm")
    path = Path(tempfile.mkdtemp(prefix="bench-", dir=shared if shared.is_dir() else None))
    try:
        yield path
    finally:
        shutil.rmtree(path)


if __name__ == "__main__":
    main()
