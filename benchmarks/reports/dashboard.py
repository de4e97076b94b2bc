"""How long the dashboard's answers take."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import bars, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

_METHOD = """
Each request of the page inside Airflow is answered several times from published marts, with
nothing kept from the time before, and once more from what is kept. Wall time is that of the
middle one; the greatest stands beside it.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    rows = facts["rows"]
    if draws:
        title = f"The page's requests, {facts['days']} days of marts"
        with picture("dashboard", title, height=3) as axes:
            values = {row["request"]: row["wall"] * 1000 for row in rows}
            bars(axes[0], values, "time in the server, ms", facts["limit"] * 1000)
    head = ["request", ">wall, ms", ">greatest, ms", ">CPU, ms", ">kept, ms", ">answer, kB"]
    lines = [
        [
            row["request"],
            *(f"{row[figure] * 1000:.0f}" for figure in ("wall", "greatest", "cpu")),
            f"{row['kept'] * 1000:.1f}",
            f"{row['bytes'] / 1000:.0f}",
        ]
        for row in rows
    ]
    told = (
        f"The marts hold {facts['days']} days in {facts['marts_bytes'] / 1e6:.0f} MB. The report "
        f"as one file takes {facts['file']['seconds']:.1f} s and "
        f"{facts['file']['bytes'] / 1e6:.1f} MB."
    )
    body = "\n".join([table(head, lines), told + "\n", image("dashboard", "Time by request")])
    slowest = max(row["wall"] for row in rows) * 1000
    return Section(
        "The dashboard",
        _METHOD,
        body,
        [Target("slowest request, ms in the server", facts["limit"] * 1000, slowest, digits=0)],
    )
