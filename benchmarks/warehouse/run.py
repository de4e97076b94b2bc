"""A full build of a year against runs that touch three days, and the same rows either way."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.warehouse.compare import count_differences
from benchmarks.warehouse.dbt_run import DbtRun, run_dbt
from benchmarks.warehouse.lake import land_straight
from miatel_simulator import Simulator, SimulatorConfig

_DAY = timedelta(days=1)
_START = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 365
_RECORDS = (1_000_000, 10_000_000)
_LATEST = range(362, 365)
_LONG_AGO = range(180, 183)
_MODELS = ("--resource-type", "model", "--resource-type", "seed")


def run(*, is_small: bool) -> dict[str, Any]:
    """Build a year in full, touch three days twice, and build it in full again.

    The days to touch are landed as they were known when each ended; later they are landed again
    with all receipts: first the three latest, as every daily run does, then three long ago. The
    second full build reads the same lake as the last of these runs, and must hold the same rows.

    Returns:
        For each size the cost of every run by model, and what differs between the warehouses.
    """
    share = 100 if is_small else 1
    return {"sizes": [_measure(records // share) for records in _RECORDS]}


def _measure(records: int) -> dict[str, Any]:
    config = SimulatorConfig(start=_START, messages_per_day=records // _DAYS)
    simulator = Simulator(config)
    with tempfile.TemporaryDirectory(prefix="miatel-warehouse-") as directory:
        lake = Path(directory) / "lake"
        kept, anew = Path(directory) / "kept.duckdb", Path(directory) / "anew.duckdb"
        began = time.perf_counter()
        rows = _land_year(lake, simulator)
        _say(f"{rows:,} records landed in {time.perf_counter() - began:.0f} s")
        runs = {"full": run_dbt("build", lake, kept, *_MODELS)}
        for name, days in (("latest days", _LATEST), ("days long ago", _LONG_AGO)):
            _land_days(lake, simulator, days, known_at=_START + (_DAYS + 4) * _DAY)
            runs[name] = run_dbt("build", lake, kept, *_MODELS)
        runs["nothing"] = run_dbt("build", lake, kept, *_MODELS)
        runs["full again"] = run_dbt("build", lake, anew, *_MODELS)
        differences = count_differences(kept, anew)
        runs["tests"] = run_dbt("test", lake, kept, "--exclude", "test_type:unit")
        for name, cost in runs.items():
            _say(_line(name, cost, runs["full again"]))
        return {
            "records": rows,
            "days": _DAYS,
            "lake_bytes": sum(file.stat().st_size for file in lake.rglob("*.parquet")),
            "warehouse_bytes": anew.stat().st_size,
            "runs": {name: _facts(cost) for name, cost in runs.items()},
            "tables": differences,
            "differences": sum(table["differences"] for table in differences.values()),
        }


def _land_year(lake: Path, simulator: Simulator) -> int:
    """Land every day with all receipts, but the days to touch as they were when each ended."""
    end = _START + _DAYS * _DAY
    rows = land_straight(lake, simulator, _START, end, requested_at=end + 4 * _DAY)
    for day in (*_LATEST, *_LONG_AGO):
        file = lake / f"raw/mdr/mdr_date={_START + day * _DAY:%Y-%m-%d}/mdr.parquet"
        file.unlink()
        _land_days(lake, simulator, [day], known_at=_START + (day + 1) * _DAY + _DAY / 1440)
    return rows


def _land_days(lake: Path, simulator: Simulator, days: Iterable[int], known_at: datetime) -> None:
    for day in days:
        start = _START + day * _DAY
        land_straight(lake, simulator, start, start + _DAY, known_at)


def _facts(cost: DbtRun) -> dict[str, Any]:
    return {
        "wall": cost.wall,
        "cpu": cost.cpu,
        "memory": cost.memory,
        "sql": cost.sql,
        "nodes": cost.nodes,
        "seconds": dict(sorted(cost.seconds.items(), key=lambda item: -item[1])),
    }


def _line(name: str, cost: DbtRun, full: DbtRun) -> str:
    return (
        f"{name}: {cost.sql:.1f} s of SQL ({cost.sql / full.sql:.1%} of full), "
        f"{cost.nodes:.1f} s of nodes ({cost.nodes / full.nodes:.1%}), {cost.wall:.0f} s, "
        f"{cost.cpu:.0f} s of CPU, {cost.memory / 2**20:.0f} MiB"
    )


def _say(text: str) -> None:
    print(f"  warehouse: {text}", flush=True)
