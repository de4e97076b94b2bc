"""Time and memory against the number of records, and against years without any."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.extraction import land_fresh, platform
from benchmarks.results import Panel, Results, Table, Target

_START = datetime(2015, 1, 1, tzinfo=UTC)
_PER_DAY = 1_000_000
_RECORDS = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
_EMPTY_YEARS = (1, 3, 10)
_CPU, _MEMORY = "our CPU, s", "memory, MiB"


def run(*, is_small: bool) -> Results:
    """Land histories of growing size, and empty years, into empty lakes, and ask a second time."""
    share = 100 if is_small else 1
    settings = {"start": _START.isoformat(), "now": "2025-06-01", "profile": "day_night"}
    with platform(messages_per_day=_PER_DAY // share, body="data", **settings) as url:
        sizes = [(n // share, timedelta(days=n / _PER_DAY)) for n in _RECORDS]
        records = [_land(url, "records", *size) for size in sizes]
    with platform(messages_per_day=0, body="data", **settings) as url:
        sizes = [(n, timedelta(days=365 * n // share)) for n in _EMPTY_YEARS]
        empty = [_land(url, "empty years", *size) for size in sizes]
    large = records[len(records) // 2 :]
    memory = large[-1][_MEMORY] / large[0][_MEMORY]
    targets = [
        Target("exponent of processor time, 10⁶ to 10⁷ records", 1.1, _slope(large, np.log)[0]),
        Target("exponent of processor time, 1 to 10 empty years", 1.1, _slope(empty, np.log)[0]),
        Target("memory of 10⁷ records ÷ of 10⁶ (bounded: about 1)", 1.5, memory),
    ]
    (slope, ground), (year, ground_of_years) = _slope(records), _slope(empty)
    note = (
        f"Straight lines through the figures: {slope * 1e6:.2f} s of processor time a million "
        f"records, and {ground:.2f} s to begin with; {year:.2f} s an empty year, and "
        f"{ground_of_years:.2f} s to begin with."
    )
    shown = (("records", _CPU), ("records", _MEMORY), ("empty years", _CPU))
    panels = [Panel("sizes", "size", [figure], {"what": what}, "points") for what, figure in shown]
    title = "One extraction into an empty lake, by size"
    return Results(targets, {"sizes": records + empty}, title, panels, [note])


def _land(url: str, what: str, size: int, length: timedelta) -> dict[str, Any]:
    first, again = land_fresh(url, _START, _START + length, times=2)
    print(f"  growth: {size:,} {what}: {first['cpu']:.1f} s CPU", flush=True)
    return {
        "what": what, "size": size, "requests": first["requests"], "files": first["days"],
        _CPU: first["cpu"], "wall, s": first["wall"], _MEMORY: first["memory"] / 2**20,
        "left after, MiB": first["memory_after"] / 2**20,
        "again: CPU, s": again["cpu"], "again: requests": again["requests"],
    }  # fmt: skip


def _slope(rows: Table, scale: Any = np.asarray) -> tuple[float, float]:
    """A straight line of processor time over size: its slope, and where it begins."""
    sizes, cpu = ([row[column] for row in rows] for column in ("size", _CPU))
    slope, ground = np.polyfit(scale(sizes), scale(cpu), 1)
    return float(slope), float(ground)
