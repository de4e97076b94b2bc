"""The pictures of `docs/benchmarks.md`: one a part, one panel beside the other."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmarks.render import middle

_COLOURS = ("#0072b2", "#d55e00", "#009e73")


def draw(facts: dict[str, Any], file: Path) -> None:
    """Write a part's picture."""
    panels = facts["panels"]
    figure = Figure(figsize=(10, 3.2), dpi=90, layout="constrained")
    figure.suptitle(facts["title"])
    for axis, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3)
        axis.set_axisbelow(True)
        table = facts["tables"][panel["table"]]
        rows = [row for row in table if panel["where"].items() <= row.items()]
        _draw_panel(axis, panel, rows)
    figure.savefig(file, metadata={"Software": None})


def _draw_panel(axis: Any, panel: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    x, (y, *_) = [row[panel["x"]] for row in rows], panel["y"]
    lines = [[middle(row[name]) for row in rows] for name in panel["y"]]
    if panel["kind"] == "bars":
        bars = axis.barh([name.replace("**", "").replace("`", "") for name in x], lines[0])
        axis.bar_label(bars, fmt="%.3g", padding=3)
        axis.margins(x=0.15)
        axis.invert_yaxis()
        axis.set_xlabel(y)
    elif panel["kind"] == "points":
        axis.plot(x, lines[0], "o")
        axis.plot(x, np.polyval(np.polyfit(x, lines[0], 1), x), "--")
        axis.set(xlabel=f"{panel['x']}: {x and rows[0]['what']}", ylabel=y, ylim=(0, None))
    else:
        for name, values, colour in zip(panel["y"], lines, _COLOURS, strict=False):
            axis.plot(x, values, "o-", color=colour, label=name.partition(", ")[2], markersize=4)
        axis.set(xscale="log", ylim=(0.95, 2.4), xlabel=panel["x"])
        axis.set_title(", ".join(panel["where"].values()), fontsize=9)
        axis.legend(fontsize=6, loc="upper right")
