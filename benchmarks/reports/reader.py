"""The reader's section: its own text, and a picture."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import bars, image, picture
from benchmarks.common.section import Section
from benchmarks.common.spread import Spread
from benchmarks.reader import report as told


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    if draws:
        _draw(facts["measured"])
    body = image("reader", "Processor time and added memory of each approach") + "\n"
    return Section(told.TITLE, told.METHOD, body + told.body(facts), told.targets(facts))


def _draw(measured: dict[str, list[dict[str, float]]]) -> None:
    forms = [form for form in measured if ":" not in form and form != "orjson again"]
    title = "One answer of 100,000 records, from bytes to Parquet (orjson: to objects only)"
    with picture("reader", title, panels=2, height=3.2) as axes:
        for axis, figure, unit in (
            (axes[0], "cpu", "processor time, s (middle of all repetitions)"),
            (axes[1], "memory_ratio", "added memory ÷ size of the body"),
        ):
            bars(axis, {f: Spread.of([r[figure] for r in measured[f]]).middle for f in forms}, unit)
