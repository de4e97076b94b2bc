"""Whether the vendor waits for us, and what memory a longer range takes."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import COLOURS, bars, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Spread, Target

_LIMIT = 1.1
_MEMORY_LIMIT = 1.15

_METHOD = """
A simulated platform in a process of its own takes 1 s to answer 100,000 records (61 MB), and
sends them over loopback. Its bodies are rendered beforehand, by landing the same range once
without latency, and kept: otherwise its own work, on the same two cores, would be part of what is
measured. What is measured is a whole extraction into an empty local lake, in a fresh process:
from the call to the last day file replaced. The server's time is what its journal says from the
arrival of each request until its answer was sent, summed up; it includes the time in which our
client takes the bytes from the wire. Memory is the peak that the extraction added to a process
with its imports done.
"""

_MEANING = """
**What it means.** While one answer is on its way, the one before is parsed and written, so that a
run takes hardly longer than the server answers. What is left over is the last answer, which
nothing overlaps with, and the start: with 50 answers it weighs a tenth of what it does with 5.
Memory is that of the answer on its way and the one being read with its rows. It does not grow with
the range; but answers are fuller by a fifth once the planner knows a day, and only the longer range
has such answers.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    ranges: dict[str, list[dict[str, Any]]] = {}
    for run in facts["runs"]:
        ranges.setdefault(run["range"], []).append(run)
    ratios = {name: Spread.of([r["ratio"] for r in runs]) for name, runs in ranges.items()}
    memory = {name: Spread.of([r["memory"] / 2**20 for r in runs]) for name, runs in ranges.items()}
    short, long = list(ranges)
    if draws:
        _draw(ratios, memory)
    rows = [
        [
            name,
            len(runs),
            runs[0]["requests"],
            f"{runs[0]['rows']:,}",
            Spread.of([r["wall"] for r in runs]).show(1),
            Spread.of([r["answering"] for r in runs]).show(1),
            ratios[name].show(3),
            Spread.of([r["cpu"] for r in runs]).show(1),
            memory[name].show(0),
            Spread.of([r["memory_after"] / 2**20 for r in runs]).show(0),
        ]
        for name, runs in ranges.items()
    ]
    head = ["range", ">runs", ">requests", ">records", ">wall, s", ">server, s", ">wall ÷ server",
            ">our CPU, s", ">memory, MiB", ">left after, MiB"]  # fmt: skip
    drawn = image("overlap", "Wall over server time, and memory")
    body = table(head, rows) + "\n" + drawn + _MEANING
    growth = memory[long].middle / memory[short].middle
    return Section(
        "The vendor never waits for us",
        _METHOD,
        body,
        [
            Target("wall time ÷ server's time, 50 answers", _LIMIT, ratios[long].middle,
                   spread=ratios[long].show(3), digits=3),
            Target("wall time ÷ server's time, 5 answers", _LIMIT, ratios[short].middle,
                   spread=ratios[short].show(3), digits=3),
            Target("memory of 50 answers ÷ of 5 (bounded: about 1)", _MEMORY_LIMIT, growth),
        ],
    )  # fmt: skip


def _draw(ratios: dict[str, Spread], memory: dict[str, Spread]) -> None:
    with picture("overlap", "One extraction of 5 and of 50 answers", panels=2, height=2.4) as axes:
        values = {name: spread.middle for name, spread in ratios.items()}
        bars(axes[0], values, "wall time ÷ time the server spent answering", _LIMIT)
        bars(axes[1], {name: s.middle for name, s in memory.items()}, "peak memory added, MiB")
        for axis, spreads in zip(axes, (ratios, memory), strict=True):
            for place, spread in enumerate(list(spreads.values())[::-1]):
                axis.plot([spread.low, spread.high], [place] * 2, color=COLOURS[-1], linewidth=3)
