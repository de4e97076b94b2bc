"""What a dbt run costs: a year in full, three days of it, and where the time goes."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import bars, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

_SHOWN_MODELS = 15
_FULL = "full again"
_TOUCHING = ("latest days", "days long ago")
_PAPER_RECORDS = 100_000_000

_METHOD = """
A year of records is landed straight into a lake and built in full. Then three days are landed anew,
as they are when all receipts have come, and `dbt build` runs again: first the three latest days, as
after every daily run, then three long ago, then with nothing changed. Last, the same lake is built
in full into an empty warehouse (*full again*), which must hold the same rows as the one that was
built step by step, value by value. *SQL* is the time that dbt's log names for each statement of the
models, seeds and hooks; the last hook is the checkpoint that settles the file. *nodes* is the time
that dbt's results name for the same models, seeds and hooks, one after the other: with SQL, what dbt
does around it. The rest of *wall* is dbt's start. *tests* are all data tests.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    sizes = facts["sizes"]
    largest = sizes[-1]
    runs = largest["runs"]
    if draws:
        title = f"dbt build of {largest['records']:,} records in {largest['days']} days"
        with picture("warehouse", title, panels=2, height=2.6) as axes:
            bars(axes[0], {name: run["sql"] for name, run in runs.items()}, "SQL, s")
            bars(axes[1], {name: run["wall"] for name, run in runs.items()}, "wall time, s")
            axes[1].set_yticklabels([])
    body = "\n".join(
        [
            _table_of_runs(sizes),
            image("warehouse", "Cost of each run"),
            f"**Where the time goes**, {largest['records']:,} records, seconds of nodes:\n",
            _table_of_models(runs),
            _on_paper(sizes),
        ]
    )
    of_sql, of_nodes = (
        max(_share(runs, name, of) for name in _TOUCHING) for of in ("sql", "nodes")
    )
    return Section(
        "The warehouse",
        _METHOD,
        body,
        [
            Target("SQL of a run that touches 3 days ÷ full, %", 5, of_sql, aim=2, digits=1),
            Target("SQL and dbt's work of such a run ÷ full, %", 5, of_nodes, aim=2, digits=1),
            Target(
                "rows that differ from a full build",
                0,
                sum(size["differences"] for size in sizes),
                digits=0,
            ),
        ],
    )


def _share(runs: dict[str, Any], name: str, of: str) -> float:
    """A run's seconds in percent of a full build's: `of` is `sql` or `nodes`."""
    return float(100 * runs[name][of] / runs[_FULL][of])


def _table_of_runs(sizes: list[dict[str, Any]]) -> str:
    rows = [
        [
            f"{size['records']:,}",
            name,
            f"{run['sql']:.1f}",
            f"{_share(size['runs'], name, 'sql'):.1f} %",
            f"{run['nodes']:.1f}",
            f"{_share(size['runs'], name, 'nodes'):.1f} %",
            f"{run['wall']:.0f}",
            f"{run['cpu']:.0f}",
            f"{run['memory'] / 2**20:.0f}",
        ]
        for size in sizes
        for name, run in size["runs"].items()
    ]
    headings = (
        ">records", "run", ">SQL, s", ">of full", ">nodes, s", ">of full", ">wall, s", ">CPU, s",
        ">memory, MiB",
    )  # fmt: skip
    return table(headings, rows)


def _table_of_models(runs: dict[str, Any]) -> str:
    names = (_FULL, *_TOUCHING, "nothing")
    seconds = [runs[name]["seconds"] for name in names]
    shown = list(seconds[0])[:_SHOWN_MODELS]
    others = [sum(part.values()) - sum(part.get(name, 0) for name in shown) for part in seconds]
    rows = [
        [f"`{name.removeprefix('miatel.')}`", *(f"{part.get(name, 0):.2f}" for part in seconds)]
        for name in shown
    ]
    rows.append([f"{len(seconds[0]) - len(shown)} others", *(f"{other:.2f}" for other in others)])
    return table(["model", *(f">{name}" for name in names)], rows)


def _on_paper(sizes: list[dict[str, Any]]) -> str:
    """A ten times larger year, by straight lines through the measured sizes."""
    full = _line_to(sizes, [size["runs"][_FULL]["sql"] for size in sizes])
    latest = _line_to(sizes, [size["runs"][_TOUCHING[0]]["sql"] for size in sizes])
    lake = _line_to(sizes, [size["lake_bytes"] for size in sizes])
    warehouse = _line_to(sizes, [size["warehouse_bytes"] for size in sizes])
    return (
        f"**{_PAPER_RECORDS:,} records, on paper.** Straight lines through the sizes above give "
        f"a lake of {lake / 1e9:.1f} GB, a warehouse of {warehouse / 1e9:.1f} GB, "
        f"{full / 60:.0f} minutes of SQL for a full build and {latest:.0f} s for the three latest "
        "days. Memory does not follow such a line: it is bounded by `MIATEL_WAREHOUSE_MEMORY`, and "
        "what does not fit goes to disk. What breaks first is the disk under a full build: "
        "`fct_mdr` remembers a hash of every record to find the repeated ones, `fct_messages` and "
        "`int_delivery_hourly` group the records of all days in one statement each, and what they "
        "spill has to fit beside the warehouse. A build that dies there begins with the model that "
        "died. No daily run does that: it reads the row groups of its days. The way out is to land "
        "a year month by month, and to transform after each.\n"
    )


def _line_to(sizes: list[dict[str, Any]], values: list[float]) -> float:
    """The value at 100,000,000 records on the line through the first and the last size."""
    first, last = sizes[0]["records"], sizes[-1]["records"]
    slope = (values[-1] - values[0]) / (last - first)
    return values[-1] + slope * (_PAPER_RECORDS - last)
