"""Requests and records thrown away, over traffic of every kind and volume; nothing is timed."""

from concurrent.futures import ProcessPoolExecutor
from itertools import product
from operator import itemgetter

from benchmarks.results import Panel, Results, Table, Target
from benchmarks.windows.drive import ORDERS, walk_daily, walk_once, walk_warm
from benchmarks.windows.history import PROFILES, History
from miatel.limits import MAX_RECORDS, MAX_WINDOW

_DAYS_WALKED = {
    1_000: 365, 3_000: 365, 10_000: 365, 30_000: 365,
    100_000: 180, 500_000: 60, 2_000_000: 31, 5_000_000: 31,
}  # fmt: skip
"""Records a day → days walked: 31 to 365, and enough for some dozens of requests."""

_MONTH, _DAILY_DAYS, _DAILY_DAYS_OF_MANY, _SMALL_DAYS = 31, 28, 10, 3
_MUCH = 100_000  # records a day from which a burst is no longer most of the traffic
_KEPT = dict(zip(ORDERS, ("the first", "the last", "a sample"), strict=True))
_WHOLE, _DAILY = "whole history", "day by day"
_UNKNOWN, _WARM = "31 days, nothing known", "31 days, four weeks landed"
_RATIO, _THROWN = "requests ÷ least", "thrown away ÷ landed"


def run(*, is_small: bool) -> Results:
    """Walk every history, two at a time, in each way and for each order of truncated answers."""
    volumes = dict.fromkeys(_DAYS_WALKED, _SMALL_DAYS) if is_small else _DAYS_WALKED
    cases = [(profile, per_day, days) for profile in PROFILES for per_day, days in volumes.items()]
    rows: Table = []
    with ProcessPoolExecutor(2) as pool:
        for case, found in zip(cases, pool.map(_walk_all, cases), strict=True):
            rows += found
            print(f"  windows: {case[0]} at {case[1]:,} a day", flush=True)
    whole = [row for row in rows if row["way"] == _WHOLE]
    kept = [f"{_RATIO}, {name}" for name in _KEPT.values()]
    per_day = "records a day"
    panels = [Panel("volumes", per_day, kept, {"traffic": name}, "lines") for name in PROFILES]
    title = "Requests ÷ least, an empty lake at the start, by what a truncated answer holds"
    tables = {"volumes": _volumes(whole), "ways": _ways(rows)}
    return Results(_targets(whole), tables, title, panels)


def _walk_all(case: tuple[str, int, int]) -> Table:
    profile, per_day, days = case
    daily = min(days, _DAILY_DAYS if days > _MONTH else _DAILY_DAYS_OF_MANY)
    ways = {_WHOLE: (walk_once, days), _DAILY: (walk_daily, daily)}
    if days > _MONTH:
        ways |= {_UNKNOWN: (walk_once, _MONTH), _WARM: (walk_warm, _DAILY_DAYS + _MONTH)}
    rows = []
    for way, (walk, length) in ways.items():
        history = History(profile, per_day, length)
        for order in ORDERS:
            cost = walk(history, order)
            rows.append({
                "way": way, "traffic": profile, "records a day": per_day, "days": length,
                "answers hold": _KEPT[order], "requests": cost.requests, "least": cost.least,
                _RATIO: cost.requests / cost.least,
                _THROWN: cost.thrown_away / max(1, cost.landed), "bound": _bound(history, order),
            })  # fmt: skip
    return rows


def _bound(history: History, order: str) -> float:
    """The fewest requests of a planner that cannot foresee bursts, by the least.

    Where a burst of more than the cap lies only a truncated answer tells: one a burst, where it
    holds the first or the last records; one for all bursts within 31 days, where it holds a sample.
    """
    bursts = history.bursts(MAX_RECORDS)
    truncated = len(bursts)
    if order == "shuffled":
        truncated, known_up_to = 0, -1.0
        for second in bursts:
            if second > known_up_to:
                truncated, known_up_to = truncated + 1, second + MAX_WINDOW.total_seconds()
    return 1 + truncated / history.least


def _targets(whole: Table) -> list[Target]:
    groups = {name: [row for row in whole if row["traffic"] == name] for name in PROFILES}
    bursty = groups.pop("bursty")
    groups["bursty, much traffic"] = [row for row in bursty if row["records a day"] >= _MUCH]
    groups["bursty, little traffic"] = [row for row in bursty if row["records a day"] < _MUCH]
    return [
        Target(f"{figure}, {name}", limit, max(row[figure] for row in found), aim)
        for name, found in groups.items()
        for figure, limit, aim in ((_RATIO, 1.3, 1.15), (_THROWN, 0.1, 0.05))
    ]


def _volumes(whole: Table) -> Table:
    """A row for each history, a column for what truncated answers hold."""
    lines = []
    for at in range(0, len(whole), len(ORDERS)):
        found = whole[at : at + len(ORDERS)]
        line = {name: found[0][name] for name in ("traffic", "records a day", "days", "least")}
        for figure in (_RATIO, _THROWN, "bound"):
            line |= {f"{figure}, {row['answers hold']}": row[figure] for row in found}
        lines.append(line)
    return lines


def _ways(rows: Table) -> Table:
    """For each way to extract the volume and the kind of answer that cost most."""
    shown = ("way", "traffic", _RATIO, "requests", "least", "records a day", "answers hold")
    lines = []
    for way, profile in product((_WHOLE, _DAILY, _UNKNOWN, _WARM), PROFILES):
        if found := [row for row in rows if (row["way"], row["traffic"]) == (way, profile)]:
            worst = max(found, key=itemgetter(_RATIO))
            most = {f"most {_THROWN}": max(row[_THROWN] for row in found)}
            lines.append({name: worst[name] for name in shown} | most)
    return lines
