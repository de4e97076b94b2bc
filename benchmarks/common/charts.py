"""Pictures beside the document: one style, one file each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.common.paths import DOCUMENT, IMAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555")
_DPI = 90


@contextmanager
def picture(name: str, title: str, panels: int = 1, height: float = 3.6) -> Iterator[list[Axes]]:
    """Draw a row of panels, and write them as `<name>.png`.

    Args:
        name: of the file.
        title: what the picture says.
        panels: how many, side by side.
        height: inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, height), dpi=_DPI, layout="constrained")
    figure.suptitle(title)
    axes: Any = figure.subplots(1, panels, squeeze=False)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3)
        axis.set_axisbelow(True)
    yield list(axes)
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(IMAGES / f"{name}.png", metadata={"Software": None})


def bars(axis: Axes, values: dict[str, float], unit: str, limit: float | None = None) -> None:
    """Horizontal bars, each with its figure; a dashed line at the target."""
    names = list(values)[::-1]
    drawn = axis.barh(names, [values[name] for name in names], color=COLOURS[0])
    axis.bar_label(drawn, fmt="%.3g", padding=3, fontsize=8)
    axis.margins(x=0.15)
    axis.set_xlabel(unit)
    if limit is not None:
        axis.axvline(limit, color=COLOURS[1], linestyle="--", label=f"target {limit:g}")
        axis.legend(fontsize=8, loc="lower right")


def image(name: str, alt: str) -> str:
    """The Markdown that shows a picture."""
    path = (IMAGES / f"{name}.png").relative_to(DOCUMENT.parent)
    return f"![{alt}]({path})\n"
