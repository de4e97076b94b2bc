"""A full build of a year against runs that touch three days, and the same rows either way."""

import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.results import Results, Table, Target
from benchmarks.warehouse.dbt_run import run_dbt
from benchmarks.warehouse.publish_run import run_publish
from miatel_simulator import Simulator, SimulatorConfig
from tests.support.landing import land_without_http

_DAY = timedelta(days=1)
_START = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 365
_RECORDS = (1_000_000, 10_000_000)
_ON_PAPER = 100_000_000
_TOUCHED = {"latest days": range(362, 365), "days long ago": range(180, 183)}
_FULL = "full again"
_MODELS = ("--resource-type", "model", "--resource-type", "seed")
_SHOWN_MODELS = 15

_OF_BUILD = {"marts.data_freshness": "built_at, build_id"}  # others in every build
_TABLES = """
    select schema_name || '.' || table_name, min(column_name) filter (where data_type = 'DATE')
    from duckdb_columns()
    where database_name = ? and schema_name in ('intermediate', 'marts') and table_name <> 'int_mdr'
    group by all order by all
"""


def run(*, is_small: bool) -> Results:
    """Build a year in full, touch three days twice, and build it in full again, for each size."""
    sizes = [_measure(records // 100 if is_small else records) for records in _RECORDS]
    runs = sizes[-1]["runs"]
    sql, nodes = (max(_percent(runs, name, of) for name in _TOUCHED) for of in ("sql", "nodes"))
    differences = sum(size["differences"] for size in sizes)
    targets = [
        Target("SQL of a run that touches 3 days ÷ full, %", 5, sql, aim=2),
        Target("SQL and dbt's work of such a run ÷ full, %", 5, nodes, aim=2),
        Target("SQL and publishing of such a run ÷ full, %", 6, _with_publishing(runs)),
        Target("rows that differ from a full build", 0, differences),
    ]
    tables = {"runs": _runs(sizes), "models": _models(runs)}
    return Results(targets, tables, notes=[_on_paper(sizes)])


def _measure(records: int) -> dict[str, Any]:
    """The days to touch are landed as they were known when each ended, later with all receipts."""
    simulator = Simulator(SimulatorConfig(start=_START, messages_per_day=records // _DAYS))
    with tempfile.TemporaryDirectory(prefix="miatel-warehouse-") as directory:
        lake = Path(directory) / "lake"
        kept, anew = Path(directory) / "kept.duckdb", Path(directory) / "anew.duckdb"
        end = _START + _DAYS * _DAY
        rows = land_without_http(lake, simulator, _START, end, requested_at=end + 4 * _DAY)
        for day in chain(*_TOUCHED.values()):
            (lake / f"raw/mdr/mdr_date={_START + day * _DAY:%Y-%m-%d}/mdr.parquet").unlink()
            _land_days(lake, simulator, [day], _START + (day + 1) * _DAY + _DAY / 1440)
        runs = {"full": _build_and_publish(lake, kept)}
        for name, days in _TOUCHED.items():
            _land_days(lake, simulator, days, known_at=end + 4 * _DAY)
            runs[name] = _build_and_publish(lake, kept)
        runs["nothing"] = _build_and_publish(lake, kept)
        shutil.rmtree(lake / "marts")
        runs[_FULL] = _build_and_publish(lake, anew)
        runs["tests"] = run_dbt("test", lake, kept, "--exclude", "test_type:unit")
        for name, cost in runs.items():
            print(f"  warehouse: {rows:,}, {name}: {cost['sql']:.1f} s of SQL", flush=True)
        return {
            "records": rows, "runs": runs, "differences": _count_differences(kept, anew),
            "lake": sum(file.stat().st_size for file in (lake / "raw").rglob("*.parquet")),
            "warehouse": anew.stat().st_size,
        }  # fmt: skip


def _build_and_publish(lake: Path, warehouse: Path) -> dict[str, Any]:
    """What the build cost, and under `publish` the seconds of publishing, its start included."""
    built = run_dbt("build", lake, warehouse, *_MODELS)
    published = run_publish(lake, warehouse)
    return built | {"publish": published["wall"], "publish_memory": published["memory"]}


def _land_days(lake: Path, simulator: Simulator, days: Iterable[int], known_at: datetime) -> None:
    for day in days:
        start = _START + day * _DAY
        land_without_http(lake, simulator, start, start + _DAY, known_at)


def _percent(runs: dict[str, Any], name: str, of: str) -> float:
    return float(100 * runs[name][of] / runs[_FULL][of])


def _with_publishing(runs: dict[str, Any]) -> float:
    """The greatest share that SQL and publishing of three days have of those of all days."""
    cost = {name: runs[name]["sql"] + runs[name]["publish"] for name in (*_TOUCHED, _FULL)}
    return max(100 * cost[name] / cost[_FULL] for name in _TOUCHED)


def _runs(sizes: list[dict[str, Any]]) -> Table:
    rows = []
    for size in sizes:
        for name, run in size["runs"].items():
            sql, nodes = (_percent(size["runs"], name, of) for of in ("sql", "nodes"))
            rows.append({
                "records": size["records"], "run": name, "SQL, s": run["sql"],
                "SQL, % of full": sql, "nodes, s": run["nodes"], "nodes, % of full": nodes,
                "publish, s": run.get("publish", 0.0),
                "wall, s": run["wall"], "CPU, s": run["cpu"], "memory, MiB": run["memory"] / 2**20,
            })  # fmt: skip
    return rows


def _models(runs: dict[str, Any]) -> Table:
    """Seconds of the models that cost most in a full build, and of all others together."""
    names = (_FULL, *_TOUCHED, "nothing")
    seconds: dict[str, dict[str, float]] = {name: runs[name]["seconds"] for name in names}
    models = sorted(seconds[_FULL], key=seconds[_FULL].__getitem__, reverse=True)
    shown, others = models[:_SHOWN_MODELS], models[_SHOWN_MODELS:]
    groups = {f"`{model.removeprefix('miatel.')}`": [model] for model in shown}
    groups[f"{len(others)} others"] = others
    return [
        {"model": group} | {
            name: sum(found.get(model, 0.0) for model in members)
            for name, found in seconds.items()
        }
        for group, members in groups.items()
    ]  # fmt: skip


def _on_paper(sizes: list[dict[str, Any]]) -> str:
    """A ten times larger year, by straight lines through the measured sizes."""
    first, last = sizes[0], sizes[-1]
    beyond = (_ON_PAPER - last["records"]) / (last["records"] - first["records"])
    begin, end = (
        [s["lake"], s["warehouse"], s["runs"][_FULL]["sql"], s["runs"]["latest days"]["sql"]]
        for s in (first, last)
    )
    lake, warehouse, full, latest = (e + beyond * (e - b) for b, e in zip(begin, end, strict=True))
    files = f"a lake of {lake / 1e9:.1f} GB, a warehouse of {warehouse / 1e9:.1f} GB"
    times = f"{full / 60:.0f} minutes of SQL for a full build and {latest:.0f} s for 3 days"
    return f"{_ON_PAPER:,} records by straight lines through the sizes above: {files}, {times}."


def _count_differences(one: Path, other: Path) -> int:
    """Count the rows that stand in one of two warehouses only, copies of equal rows counted too.

    Left out are the view over the raw records, since both read the same lake, and the moment of
    building. Tables with days are compared month by month, so that memory stays small.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'; set memory_limit = '4GB'")
        for warehouse in (one, other):  # their views name the file that they are in
            connection.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")

        def ask(sql: str, *values: str) -> list[tuple[str, str]]:
            return connection.execute(sql, values).fetchall()

        differences = 0
        for name, day in ask(_TABLES, one.stem):
            columns = f"* exclude ({_OF_BUILD[name]})" if name in _OF_BUILD else "*"
            tables = [f"from {warehouse.stem}.{name}" for warehouse in (one, other)]
            month = f"date_trunc('month', {day})" if day else "null"
            months = " union ".join(f"select distinct {month} {table}" for table in tables)
            for (start,) in ask(months):
                of = f"where {month} = date '{start}'" if start else f"where {month} is null"
                left, right = (f"select {columns} {table} {of}" for table in tables)
                for pair in (f"{left} except all {right}", f"{right} except all {left}"):
                    differences += int(ask(f"select count(*) from ({pair})")[0][0])
    return differences
