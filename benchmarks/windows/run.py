"""Requests and records thrown away, over traffic of every kind and volume."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks.windows.drive import ORDERS, Walk, walk_daily, walk_once, walk_warm
from benchmarks.windows.history import PROFILES, History
from miatel.limits import MAX_RECORDS, MAX_WINDOW

VOLUMES = {
    1_000: 365,
    3_000: 365,
    10_000: 365,
    30_000: 365,
    100_000: 180,
    500_000: 60,
    2_000_000: 31,
    5_000_000: 31,
}
"""Records a day → days walked: 31 to 365, and enough for some dozens of requests."""

_MONTH = 31
_DAILY_DAYS = 28
_DAILY_DAYS_OF_MANY = 10  # records, where each day has some dozens of requests
_SMALL_DAYS = 3


def run(*, is_small: bool) -> dict[str, Any]:
    """Walk every history, two at a time; nothing is timed.

    Returns:
        A list of rows: profile, records a day, way, order, counts, ratios and lower bounds.
    """
    volumes = dict.fromkeys(VOLUMES, _SMALL_DAYS) if is_small else VOLUMES
    cases = [(profile, per_day, days) for profile in PROFILES for per_day, days in volumes.items()]
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(2) as pool:
        for case, found in zip(cases, pool.map(_walk_all, cases), strict=True):
            rows += found
            walked = [row["request_ratio"] for row in found if row["way"] == "whole history"]
            print(
                f"  windows: {case[0]} at {case[1]:,} a day: at most {max(walked):.2f}", flush=True
            )
    return {"rows": rows}


def _walk_all(case: tuple[str, int, int]) -> list[dict[str, Any]]:
    profile, per_day, days = case
    ways = {"whole history": (walk_once, History(profile, per_day, days))}
    daily = min(days, _DAILY_DAYS if days > _MONTH else _DAILY_DAYS_OF_MANY)
    ways["day by day"] = walk_daily, History(profile, per_day, daily)
    if days > _MONTH:
        ways["31 days, nothing known"] = walk_once, History(profile, per_day, _MONTH)
        warm = History(profile, per_day, _DAILY_DAYS + _MONTH)
        ways["31 days, four weeks landed"] = walk_warm, warm
    return [
        {
            "profile": profile,
            "per_day": per_day,
            "days": history.days,
            "way": way,
            "order": order,
            **walk(history, order).facts,
            "bound": _bound(history, order),
        }
        for way, (walk, history) in ways.items()
        for order in ORDERS
    ]


def _bound(history: History, order: str) -> float:
    """The fewest requests with which a planner could do that cannot foresee bursts, by the least.

    A burst of more than the cap has to be cut, and where it lies only a truncated answer tells:
    one a burst, where an answer holds the first or the last records; one for all bursts within 31
    days, where it holds some from everywhere.
    """
    bursts = history.dense_stretches(MAX_RECORDS)
    truncated = len(bursts)
    if order == "shuffled":
        truncated, told_up_to = 0, -1.0
        for second in bursts:
            if second > told_up_to:
                truncated, told_up_to = truncated + 1, second + MAX_WINDOW.total_seconds()
    least = Walk.of(history).least
    return (least + truncated) / least
