"""How time and memory grow."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.common.charts import COLOURS, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

_MILLION = 1e6
_STRAIGHT = 1.1
_MEMORY_LIMIT = 1.5

_METHOD = """
Histories of growing size are landed into empty lakes, each in a fresh process, from a simulated
platform in another process: 100,000 to 10,000,000 records at 1,000,000 a day, day and night; and
1 to 10 years without a single record. Then the same range is asked for again, when all is landed
already. The platform renders its answers on the same two cores, so that wall time is mostly the
platform's; what grows with us is the processor time of our own process. *Exponent* is the slope
in the logarithms of size and processor time, from 1,000,000 records on: 1 is a straight line,
more bends upward.
"""

_MEANING = """
**What it means.** Processor time grows as the records do: twice as much takes twice as long,
whatever was landed before. Memory is that of two answers, and does not grow with the range: the
smaller sizes take less because their answers are smaller. An empty year is 12 requests and 365
files with zero rows. Asking again for what is landed reads only footers, and sends no request.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    rows = facts["rows"]
    by_records = [row for row in rows if row["kind"] == "records"]
    empty = [row for row in rows if row["kind"] == "empty years"]
    large = by_records[len(by_records) // 2 :]
    exponent = _exponent(large)
    slope, ground = _line(by_records)
    year, ground_of_years = _line(empty)
    if draws:
        _draw(by_records, empty)
    memory = large[-1]["first"]["memory"] / large[0]["first"]["memory"]
    lines = (
        f"Straight lines through the figures: {slope * _MILLION:.2f} s of processor time a million "
        f"records, and {ground:.2f} s to begin with; {year:.2f} s an empty year, and "
        f"{ground_of_years:.2f} s to begin with.\n"
    )
    body = "\n".join([_table(rows), lines, image("growth", "Time and memory by size"), _MEANING])
    return Section(
        "Growth",
        _METHOD,
        body,
        [
            Target("exponent of processor time, 10⁶ to 10⁷ records", _STRAIGHT, exponent),
            Target("exponent of processor time, 1 to 10 empty years", _STRAIGHT, _exponent(empty)),
            Target("memory of 10⁷ records ÷ of 10⁶ (bounded: about 1)", _MEMORY_LIMIT, memory),
        ],
    )


def _exponent(rows: list[dict[str, Any]]) -> float:
    sizes, cpu = _sizes_and_cpu(rows)
    return float(np.polyfit(np.log(sizes), np.log(cpu), 1)[0])


def _line(rows: list[dict[str, Any]]) -> tuple[float, float]:
    sizes, cpu = _sizes_and_cpu(rows)
    slope, ground = np.polyfit(sizes, cpu, 1)
    return float(slope), float(ground)


def _sizes_and_cpu(rows: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    return [float(row["size"]) for row in rows], [row["first"]["cpu"] for row in rows]


def _table(rows: list[dict[str, Any]]) -> str:
    head = ["what", ">size", ">requests", ">files", ">our CPU, s", ">wall, s", ">memory, MiB",
            ">again: CPU, s", ">again: requests"]  # fmt: skip
    return table(
        head,
        [
            [
                row["kind"],
                f"{row['size']:,}",
                row["first"]["requests"],
                len(row["first"]["days"]),
                f"{row['first']['cpu']:.2f}",
                f"{row['first']['wall']:.1f}",
                f"{row['first']['memory'] / 2**20:.0f}",
                f"{row['again']['cpu']:.2f}",
                row["again"]["requests"],
            ]
            for row in rows
        ],
    )


def _draw(by_records: list[dict[str, Any]], empty: list[dict[str, Any]]) -> None:
    with picture("growth", "One extraction into an empty lake", panels=3) as axes:
        units = ("records", "records", "years without records")
        for axis, found, unit in zip(axes, (by_records, by_records, empty), units, strict=True):
            is_memory = axis is axes[1]
            sizes, cpu = _sizes_and_cpu(found)
            values = [r["first"]["memory"] / 2**20 for r in found] if is_memory else cpu
            axis.plot(sizes, values, "o", color=COLOURS[0])
            if not is_memory:
                slope, ground = _line(found)
                axis.plot(sizes, np.array(sizes) * slope + ground, "--", color=COLOURS[1],
                          label="straight line")  # fmt: skip
                axis.legend(fontsize=8)
            axis.set(xlabel=unit, ylim=(0, None))
            axis.set_ylabel("peak memory added, MiB" if is_memory else "processor time, s")
