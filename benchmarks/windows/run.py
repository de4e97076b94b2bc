"""Requests and records thrown away, over traffic of every kind and volume."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks.windows.drive import ORDERS, walk_daily, walk_once
from benchmarks.windows.history import PROFILES, History

VOLUMES = {
    1_000: 731,
    10_000: 366,
    100_000: 200,
    500_000: 60,
    2_000_000: 28,
    5_000_000: 21,
}
"""Records a day → days walked: enough for some dozens of requests."""

_DAILY_DAYS = 28
_SMALL_DAYS = 3


def run(*, is_small: bool) -> dict[str, Any]:
    """Walk every history, two at a time; nothing is timed.

    Returns:
        A list of rows: profile, records a day, way, order, counts and ratios.
    """
    volumes = dict.fromkeys(VOLUMES, _SMALL_DAYS) if is_small else VOLUMES
    cases = [(profile, per_day, days) for profile in PROFILES for per_day, days in volumes.items()]
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(2) as pool:
        for case, found in zip(cases, pool.map(_walk_all, cases), strict=True):
            rows += found
            worst = max(row["request_ratio"] for row in found if row["way"] == "whole history")
            print(f"  windows: {case[0]} at {case[1]:,} a day: at most {worst:.2f}", flush=True)
    return {"rows": rows}


def _walk_all(case: tuple[str, int, int]) -> list[dict[str, Any]]:
    profile, per_day, days = case
    histories = {
        "whole history": (walk_once, History(profile, per_day, days)),
        "day by day": (walk_daily, History(profile, per_day, min(days, _DAILY_DAYS))),
    }
    return [
        {
            "profile": profile,
            "per_day": per_day,
            "days": len(list(history.period.days())),
            "way": way,
            "order": order,
            **walk(history, order).facts,
        }
        for way, (walk, history) in histories.items()
        for order in ORDERS
    ]
