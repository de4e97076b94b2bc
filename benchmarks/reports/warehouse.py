"""What a dbt run costs: a year in full, and three days of it."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import bars, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

_METHOD = """
A year of records is landed straight into a lake and built in full. Then three days are landed
anew, as they are when all receipts have come, and `dbt build` runs again: first the three latest
days, as after every daily run, then three long ago. Last, the same lake is built in full into an
empty warehouse, which must hold the same rows as the one that was built step by step. *SQL* is
the time that dbt's own results name for all models and seeds; the rest is dbt's start.
"""

_MEANING = """
**What it means.** A run costs what changed, not what there is: three days of a year take a small
part of the SQL of a full build. dbt's own start is the same for each run.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    sizes = facts["sizes"]
    runs = sizes[-1]["runs"]
    if draws:
        title = f"dbt build of {sizes[-1]['records']:,} records in {sizes[-1]['days']} days"
        with picture("warehouse", title, panels=2, height=2.6) as axes:
            bars(axes[0], {name: run["total"] for name, run in runs.items()}, "SQL, s")
            bars(axes[1], {name: run["wall"] for name, run in runs.items()}, "wall time, s")
            axes[1].set_yticklabels([])
    rows = [
        [
            f"{size['records']:,}",
            name,
            f"{run['total']:.1f}",
            f"{run['total'] / size['runs']['full']['total']:.1%}",
            f"{run['wall']:.0f}",
            f"{run['cpu']:.0f}",
            f"{run['memory'] / 2**20:.0f}",
        ]
        for size in sizes
        for name, run in size["runs"].items()
    ]
    head = [">records", "run", ">SQL, s", ">of full", ">wall, s", ">CPU, s", ">memory, MiB"]
    body = "\n".join([table(head, rows), image("warehouse", "Cost of each run"), _MEANING])
    differences = sum(size["differences"] for size in sizes)
    return Section(
        "The warehouse",
        _METHOD,
        body,
        [Target("rows that differ from a full build", 0, differences, digits=0)],
    )
