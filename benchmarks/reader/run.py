"""The reader against its peers: fresh processes, interleaved, outputs compared with the truth."""

import subprocess
from collections import defaultdict
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.fresh import run_fresh
from benchmarks.reader.approaches import PEERS
from benchmarks.reader.bodies import FORMS, SPELLINGS, TRAPS, write_bodies, write_traps
from benchmarks.reader.compare import describe_losses
from benchmarks.results import ROOT, Panel, Results, Table, Target, ratios, spread

_VENV = ROOT / ".venv-bench"  # of the peers: pinned, and apart from the project's own
_PYTHON = _VENV / "bin" / "python"
_REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
_NO_NEWER_THAN = "2026-11-24"  # what the peers need resolves the same on every day
_STAMP = _VENV / ".installed"

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # bodies and files, if it can be
_CLEAN, *_SPELLED = SPELLINGS
_AGAIN = "orjson again"  # a second time: what is noise
_NAMES = {
    "ours": "**this reader → Parquet**",
    "orjson": "`orjson.loads` alone, no file",
    _AGAIN: "`orjson.loads` again",
    "landed": "this reader, and landed as a day's file",
    "read": "this reader alone, no file",
    "duckdb": "DuckDB `read_json` → `copy`",
    "polars": "Polars `read_json` → `write_parquet`",
    "stdlib": "`json.loads` → pyarrow",
    "pandas": "`pandas.read_json` → `to_parquet`",
    "dlt": "dlt, its usual path",
}
_RUNS = (
    *((name, _CLEAN) for name in ("ours", "orjson", _AGAIN, "landed")),
    *(("ours", name) for name in _SPELLED),
    ("read", _CLEAN),
    *((approach, name) for name in FORMS for approach in ("read", "orjson")),
    *((peer, _CLEAN) for peer in PEERS),
)
"""What one repetition runs, in this order: approach and spelling."""

Key = tuple[str, str]
Costs = dict[Key, list[dict[str, float]]]


def run(*, is_small: bool) -> Results:
    """Measure every approach in a fresh process, and compare what it wrote with the answer."""
    versions = _ensure_peers()
    records, repetitions = (5_000, 2) if is_small else (100_000, 7)
    costs: Costs = defaultdict(list)
    losses: dict[Key, str] = defaultdict(lambda: "writes nothing")
    with TemporaryDirectory(dir=_MEMORY) as directory:
        bodies = Path(directory)
        write_bodies(bodies, records)
        for number in range(repetitions):
            for approach, spelling in _RUNS:
                name, file = approach.removesuffix(" again"), bodies / f"{spelling}.json"
                with TemporaryDirectory(dir=_MEMORY) as out:
                    costs[approach, spelling].append(_run(name, bodies, out, [file])[spelling])
                    if number == 0 and name not in ("orjson", "read"):
                        found = file.read_bytes(), Path(out), name == "landed"
                        losses[name, spelling] = describe_losses(*found)
            print(f"  reader: repetition {number + 1} of {repetitions}", flush=True)
        size = (bodies / f"{_CLEAN}.json").stat().st_size
        traps = _run_traps(bodies)
    note = f"{records:,} records, {size / 1e6:.0f} MB; {repetitions} interleaved repetitions; "
    note += ", ".join(f"{peer} {versions[peer]}" for peer in ("orjson", *PEERS) if peer in versions)

    def rows(heading: str, names: dict[Key, str], base: str) -> Table:
        return [
            {heading: name, **_figures(costs, key, base), "lost of it": losses[key]}
            for key, name in names.items()
        ]

    approaches = {(key, _CLEAN): name for key, name in _NAMES.items()}
    tables = {
        "approaches": rows("approach", approaches, "orjson"),
        "spellings": rows("answer", {("ours", name): name for name in SPELLINGS}, "ours"),
        "traps": traps,
    }
    panels = [Panel("approaches", "approach", [y]) for y in ("CPU, s", "added memory ÷ body")]
    title = "One answer from bytes to Parquet: processor time and added memory"
    return Results(_targets(costs), tables, title, panels, [note])


def _run(approach: str, bodies: Path, out: str, files: list[Path]) -> dict[str, Any]:
    warm_up = bodies / "warm_up.json"
    return run_fresh("benchmarks.reader.approaches", approach, warm_up, out, *files,
                     python=_PYTHON)  # fmt: skip


def _run_traps(bodies: Path) -> Table:
    """For each trap and approach what was lost, or the name of the refusal."""
    rows: Table = [{"records with": trap} for trap in TRAPS]
    with TemporaryDirectory(dir=_MEMORY) as directory:
        write_traps(Path(directory))
        files = [Path(directory) / f"{trap}.json" for trap in TRAPS]
        for approach in ("ours", *PEERS):
            with TemporaryDirectory(dir=_MEMORY) as out:
                facts = _run(approach, bodies, out, files)
                for row, file in zip(rows, files, strict=True):
                    lost = facts[file.stem].get("refused") or describe_losses(
                        file.read_bytes(), Path(out) / file.stem
                    )
                    row["this reader" if approach == "ours" else approach] = lost
            print(f"  reader: traps for {approach}", flush=True)
    return rows


def _ratio(costs: Costs, one: Key, base: Key) -> list[float]:
    return ratios([run["cpu"] for run in costs[one]], [run["cpu"] for run in costs[base]])


def _figures(costs: Costs, key: Key, base: str) -> dict[str, list[float]]:
    names = {"CPU, s": "cpu", "wall, s": "wall", "added memory ÷ body": "memory_ratio"}
    found = {name: spread([run[figure] for run in costs[key]]) for name, figure in names.items()}
    return found | {f"CPU ÷ {base}": _ratio(costs, key, (base, _CLEAN))}


def _targets(costs: Costs) -> list[Target]:
    def of(one: str, base: str, spelling: str = _CLEAN, than: str = _CLEAN) -> list[float]:
        return _ratio(costs, (one, spelling), (base, than))

    memory = spread([run["memory_ratio"] for run in costs["ours", _CLEAN]])
    return [
        Target("reader ÷ `orjson.loads`, CPU", 1.8, of("ours", "orjson"), aim=1.5),
        Target("pandas ÷ reader, CPU", 2.5, of("pandas", "ours"), at_least=True),
        Target("dlt ÷ reader, CPU", 10, of("dlt", "ours"), at_least=True),
        Target("stdlib json → pyarrow ÷ reader, CPU", 2, of("stdlib", "ours"), at_least=True),
        Target("reader ÷ DuckDB, CPU", 2, of("ours", "duckdb")),
        Target("added memory ÷ body", 2, memory),
        *(Target(f"{name}, ÷ as documented, CPU", 1.5, of("ours", "ours", name))
          for name in _SPELLED),
        Target("read alone ÷ `orjson.loads`, CPU", 1.65, of("read", "orjson")),
        *(Target(f"read alone, {form}, ÷ `orjson.loads`, CPU", 5, of("read", "orjson", form, form))
          for form in FORMS),
    ]  # fmt: skip


def _ensure_peers() -> dict[str, str]:
    """Make `.venv-bench`, unless it is there already; gives its packages' versions."""
    wanted = f"{_NO_NEWER_THAN}\n{_REQUIREMENTS.read_text()}"
    if not _STAMP.exists() or _STAMP.read_text() != wanted:
        print(f"installing the peers into {_VENV.name}", flush=True)
        uv, python = (ROOT / ".venv" / "bin" / name for name in ("uv", "python"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", python, _VENV], check=True)
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", _PYTHON]
        pinned = ["--exclude-newer", _NO_NEWER_THAN, "-r", _REQUIREMENTS]
        subprocess.run([*install, *pinned], cwd=ROOT, check=True)
        _STAMP.write_text(wanted)
    site = next(_VENV.glob("lib/python*/site-packages"))
    return {found.name: found.version for found in distributions(path=[str(site)])}
