"""What landing costs beside 0.1.0."""

from __future__ import annotations

from typing import Any

from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Spread, Target

_MOST = 1.2
_STEPS = {
    "whole": "an answer's bytes to a day file",
    "reading": "of it, reading",
    "landing": "of it, keys, order, file and digest",
    "again": "landing the same again, compared record by record",
}

_METHOD = """
One answer of the documented form is read and landed by this version and by 0.1.0, turn by turn,
each time in a fresh process. Processor time of all threads, from the body in memory to the file in
its place: the records' keys, the digest of the file and the checksums of its pages are in it, which
0.1.0 did not have. The second time each record is compared with the landed one.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section; there is no picture."""
    del draws
    now, old = ([_with_whole(run) for run in facts["figures"][name]] for name in ("now", "0.1.0"))
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
                f"CPU of landing {facts['records']:,} records, reading included, ÷ of 0.1.0",
                _MOST,
                ratios["whole"].middle,
                ratios["whole"].show(),
            )
        ],
    )


def _with_whole(run: dict[str, float]) -> dict[str, float]:
    return {**run, "whole": run["reading"] + run["landing"]}
