"""Server time of each of the page's requests, with two years of published marts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.common.fresh import cpu_seconds
from miatel_dashboard.report import write_report
from miatel_dashboard.source import Source
from tests.support.published_marts import Size, write_published_marts

LIMIT_SECONDS = 0.3
_REPEATS = 9
# As many rows a day as the demo's marts have: 780 of delivery_daily, 2,400 of delivery_hourly.
_SIZE = Size(730, senders=20, accounts=6, hours=0.15, failures=0.15)
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


def run(*, is_small: bool) -> dict[str, Any]:
    """Ask for each view several times, nothing kept from the time before, and once more after.

    Returns:
        For each request the seconds of wall and CPU time of the middle one, the greatest wall time,
        the seconds of an answer that is kept, and the size of the JSON; and what the one file
        costs.
    """
    size = Size(60, hours=0.3, failures=0.3) if is_small else _SIZE
    with tempfile.TemporaryDirectory() as directory:
        lake = Path(directory)
        write_published_marts(lake / "marts", size)
        rows = [_measure(str(lake), name, query) for name, query in _REQUESTS.items()]
        started = time.perf_counter()
        file_bytes = write_report(str(lake), lake / "delivery.html", datetime.now(UTC))
        file = {"seconds": time.perf_counter() - started, "bytes": file_bytes}
        marts_bytes = sum(path.stat().st_size for path in (lake / "marts").iterdir())
    return {
        "days": size.days, "marts_bytes": marts_bytes, "limit": LIMIT_SECONDS,
        "rows": rows, "file": file,
    }  # fmt: skip


def _measure(lake: str, name: str, query: dict[str, list[str]] | None) -> dict[str, Any]:
    def ask(source: Source) -> Callable[[], bytes]:
        return source.status if query is None else lambda: source.view(query)

    walls, cpus, content = [], [], b""
    for _ in range(_REPEATS):
        source = Source(lake)
        wall, cpu = time.perf_counter(), cpu_seconds()
        content = ask(source)()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    wall = time.perf_counter()
    ask(source)()
    kept = time.perf_counter() - wall
    middle = sorted(range(_REPEATS), key=walls.__getitem__)[_REPEATS // 2]
    row = {
        "request": name, "wall": walls[middle], "cpu": cpus[middle], "greatest": max(walls),
        "kept": kept, "bytes": len(content),
    }  # fmt: skip
    print(
        f"  dashboard: {name}: {row['wall'] * 1000:.0f} ms ({row['cpu'] * 1000:.0f} ms CPU), "
        f"kept {kept * 1000:.1f} ms, {len(content) / 1000:.0f} kB",
        flush=True,
    )
    return row
