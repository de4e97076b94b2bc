"""What landing costs beside 0.1.0."""

from __future__ import annotations

from typing import Any

from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Spread, Target

_MOST = 1.2
_STEPS = {
    "landing": "landing into an empty lake",
    "again": "landing the same again, compared record by record",
    "reading": "reading, for comparison",
}

_METHOD = """
One answer of the documented form is read and landed by this version and by 0.1.0, turn by turn,
each time in a fresh process. Processor time of all threads. Landing includes the records' keys, the
digest of the file, the checksums of its pages and, the second time, the comparison of each record.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section; there is no picture."""
    del draws
    now, old = facts["figures"]["now"], facts["figures"]["0.1.0"]
    ratios = {
        step: Spread.of_pairs([run[step] for run in now], [run[step] for run in old])
        for step in (*_STEPS, "bytes")
    }
    rows = [
        [what, *(f"{Spread.of([run[step] for run in runs]).middle:.3f}" for runs in (now, old)),
         ratios[step].show()]
        for step, what in _STEPS.items()
    ]  # fmt: skip
    head = [f"{facts['records']:,} records", ">CPU, s", ">CPU of 0.1.0, s", ">ratio"]
    size = f"A day file is {ratios['bytes'].middle:.2f} times as large as one of 0.1.0.\n"
    return Section(
        "Landing",
        _METHOD,
        "\n".join([table(head, rows), size]),
        [
            Target(
                f"CPU of {_STEPS[step]} ÷ of 0.1.0", _MOST, ratios[step].middle, ratios[step].show()
            )
            for step in ("landing", "again")
        ],
    )
