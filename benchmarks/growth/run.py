"""Time and memory against the number of records, and against years without any."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.common.fresh import run_fresh
from benchmarks.common.server import platform

_START = datetime(2015, 1, 1, tzinfo=UTC)
_PER_DAY = 1_000_000
_RECORDS = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
_EMPTY_YEARS = (1, 3, 10)


def run(*, is_small: bool) -> dict[str, Any]:
    """Land histories of growing size into empty lakes, each in a process of its own.

    One day holds 1,000,000 records, day and night; years without traffic hold none. Each range is
    then asked for a second time, when all is landed already.

    Returns:
        For each size CPU time, wall time, memory, requests and days, of both times.
    """
    share = 100 if is_small else 1
    rows = []
    with platform(**_settings(_PER_DAY // share)) as server:
        for records in _RECORDS:
            end = _START + timedelta(days=records / _PER_DAY)
            rows.append({"kind": "records", "size": records // share, **_land(server.url, end)})
            print(f"  growth: {records // share:,} records: {_say(rows[-1])}", flush=True)
    with platform(**_settings(0)) as server:
        for years in _EMPTY_YEARS:
            end = _START + timedelta(days=365 * years // share)
            rows.append({"kind": "empty years", "size": years, **_land(server.url, end)})
            print(f"  growth: {years} empty years: {_say(rows[-1])}", flush=True)
    return {"rows": rows}


def _settings(per_day: int) -> dict[str, Any]:
    return {
        "start": _START.isoformat(),
        "now": datetime(2025, 6, 1, tzinfo=UTC).isoformat(),
        "messages_per_day": per_day,
        "profile": "day_night",
        "body": "data",
    }


def _land(url: str, end: datetime) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as directory:
        arguments = [url, str(Path(directory) / "lake"), _START.isoformat(), end.isoformat()]
        first = run_fresh("benchmarks.common.land", arguments)
        again = run_fresh("benchmarks.common.land", arguments)
    return {"first": first, "again": again}


def _say(row: dict[str, Any]) -> str:
    first = row["first"]
    return (
        f"{first['cpu']:.1f} s CPU, {first['wall']:.1f} s, {first['memory'] / 2**20:.0f} MiB, "
        f"again {row['again']['wall']:.2f} s"
    )
