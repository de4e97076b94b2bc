"""What late receipts cost."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import bars, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

_OURS, _WHOLE, _NONE = "days that wait", "all days again", "no lookback"

_METHOD = """
Ten days of traffic with receipts up to 72 h late are pulled as the daily run pulls them, ten
minutes after each midnight, and four days more until the last receipt can have come. Three ways:
the product's, which lands the day first and then asks again for the day before and for those days
of the lookback that hold messages without a final receipt, or without a price; pulling all days of
the lookback together with the day; and no lookback at all, which is the least that the data costs,
and leaves receipts behind. Afterwards the ten days are
compared with the platform's truth, field by field. Nothing is timed: requests and bytes are
counts.
"""

_MEANING = """
**What it means.** Both ways with a lookback end with not one record that differs from the truth.
What the product's saves depends on whether days settle. Here one in 25 messages waits past midnight,
some of them for a receipt that never comes, so that each day of the three waits, and as much comes
as with all days again. A day in which nothing waits is not asked for again, but for the day before.
The day itself comes first, so that nothing in the days before can keep it from landing: where an
answer could hold all of them, that is one request more a run.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    rows = facts["rows"]
    by_volume: dict[int, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_volume.setdefault(row["per_day"], {})[row["way"]] = row
    if draws:
        _draw(by_volume)
    wrong = sum(row["wrong"] for row in rows if row["way"] == _OURS)
    worst = max(found[_OURS]["bytes"] / found[_WHOLE]["bytes"] for found in by_volume.values())
    more = max(found[_OURS]["requests"] - found[_WHOLE]["requests"] for found in by_volume.values())
    runs = facts["days"] + facts["lookback_days"] + 1
    body = "\n".join([_table(by_volume), image("late_receipts", "Data and requests"), _MEANING])
    return Section(
        "Late receipts",
        _METHOD,
        body,
        [
            Target("records that differ from the truth afterwards", 0, wrong, digits=0),
            Target("data received ÷ that of all days again", 1.01, worst),
            Target("requests beyond those of all days again, a run", 1, more / runs),
        ],
    )


def _table(by_volume: dict[int, dict[str, dict[str, Any]]]) -> str:
    head = ["records a day", "way", ">requests", ">data, MB", ">data ÷ all days", ">differ"]
    return table(
        head,
        [
            [
                f"{per_day:,}",
                way,
                row["requests"],
                f"{row['bytes'] / 1e6:.1f}",
                f"{row['bytes'] / found[_WHOLE]['bytes']:.2f}",
                f"{row['wrong']:,} of {row['records']:,}",
            ]
            for per_day, found in by_volume.items()
            for way, row in found.items()
        ],
    )


def _draw(by_volume: dict[int, dict[str, dict[str, Any]]]) -> None:
    per_day, found = max(by_volume.items())
    title = f"Fourteen daily runs over ten days of {per_day:,} records, receipts up to 72 h late"
    with picture("late_receipts", title, panels=2, height=2.4) as axes:
        bars(axes[0], {way: row["bytes"] / 1e6 for way, row in found.items()}, "data received, MB")
        bars(axes[1], {way: row["requests"] for way, row in found.items()}, "requests")
        axes[1].set_yticklabels([])
