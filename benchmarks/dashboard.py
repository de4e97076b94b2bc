"""Server time of each of the page's requests, with two years of published marts."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.fresh import cpu_seconds
from benchmarks.results import Results, Table, Target, spread
from miatel_dashboard.report import write_report
from miatel_dashboard.source import Source
from tests.support.published_marts import Size, write_published_marts

_LIMIT_MS = 300
_REPEATS = 9
_SIZE = Size(730, senders=20, accounts=6, hours=0.15, failures=0.15)  # a day as in the demo
_REQUESTS: dict[str, dict[str, list[str]] | None] = {
    "status": None,
    "view, 7 days": {"days": ["7"]},
    "view, 30 days, as it opens": {},
    "view, 90 days": {"days": ["90"]},
    "view, 1 year": {"days": ["365"]},
    "view, 2 years": {"days": ["all"]},
    "view, 30 days of a country": {"country": ["Nigeria"]},
    "view, 2 years of a country": {"days": ["all"], "country": ["Nigeria"]},
    "view, 2 years of a sender": {"days": ["all"], "sender": ["Miatel"]},
}


def run(*, is_small: bool) -> Results:
    """Ask for each view several times, nothing kept from the time before, and as often after."""
    size = Size(60, hours=0.3, failures=0.3) if is_small else _SIZE
    with tempfile.TemporaryDirectory() as directory:
        lake = Path(directory)
        write_published_marts(lake / "marts", size)
        rows: Table = [_measure(str(lake), name, query) for name, query in _REQUESTS.items()]
        started = time.perf_counter()
        file_bytes = write_report(str(lake), lake / "delivery.html", datetime.now(UTC))
        seconds = time.perf_counter() - started
        marts_bytes = sum(path.stat().st_size for path in (lake / "marts").iterdir())
    note = (
        f"The marts hold {size.days} days in {marts_bytes / 1e6:.0f} MB. The report as one file "
        f"takes {seconds:.1f} s and {file_bytes / 1e6:.1f} MB."
    )
    slowest = max((row["wall, ms"] for row in rows), key=lambda wall: wall[1])
    targets = [Target("slowest request, ms in the server", _LIMIT_MS, slowest)]
    return Results(targets, {"requests": rows}, notes=[note])


def _measure(lake: str, name: str, query: dict[str, list[str]] | None) -> dict[str, Any]:
    walls, cpus = [], []
    source = Source(lake)
    for number in range(2 * _REPEATS):
        source = Source(lake) if number < _REPEATS else source
        wall, cpu = time.perf_counter(), cpu_seconds()
        content = source.status() if query is None else source.view(query)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (cpu_seconds() - cpu))
    walls, cpus, kept = walls[:_REPEATS], cpus[:_REPEATS], spread(walls[_REPEATS:])
    print(f"  dashboard: {name}: {spread(walls)[1]:.0f} ms, kept {kept[1]:.1f} ms", flush=True)
    return {
        "request": name, "wall, ms": spread(walls), "CPU, ms": spread(cpus), "kept, ms": kept,
        "answer, kB": len(content) / 1000,
    }  # fmt: skip
