"""What the reader's figures say, as Markdown; and the targets that they are held against."""

from __future__ import annotations

from typing import Any

from benchmarks.common.markdown import table
from benchmarks.common.spread import Spread, Target
from benchmarks.reader.approaches import PEERS
from benchmarks.reader.bodies import FORMS, SPELLINGS, TRAPS

TITLE = "The reader near the limit"

METHOD = """
One answer with as many records as the platform may send goes from its bytes to a Parquet file
(zstd), in a fresh process for each measurement: imports are done, a small answer was read once, and
the body is in memory. Bodies and files are in memory too (`/dev/shm`). One repetition runs every
approach once, one after the other, so that what else the machine does meets all alike; a ratio is
taken within a repetition, and the middle one of all repetitions is given, with the least and the
greatest. Time is CPU time, user and system, of all threads and children. `orjson again` is the same
measurement a second time: how far its ratio lies from 1 is what noise does to any ratio here.

Added memory is the most resident memory while it ran less what was resident before, in sizes of the
body. The body itself stands in memory before, so it is not counted.

What each approach wrote is read back and compared with the answer, value by value: rows, values of
documented fields, values of unknown fields. Numbers that came as JSON numbers with decimals and
stand as binary fractions are counted apart: they print the same, but sums of them do not.
Peers are called as their documentation shows, DuckDB with the columns and types given.
"""

_NAMES = {
    "ours": "**this reader → Parquet**",
    "landed": "this reader, then sorted, checked and landed as a day's file with its coverage",
    "orjson": "`orjson.loads` alone, no file",
    "orjson again": "`orjson.loads` again",
    "read": "this reader alone, no file",
    "duckdb": "DuckDB `read_json` → `copy`",
    "polars": "Polars `read_json` → `write_parquet`",
    "stdlib": "`json.loads` → pyarrow",
    "pandas": "`pandas.read_json` → `to_parquet`",
    "dlt": "dlt, its usual path",
}
_SPELLED = {
    "clean": "as documented",
    "strings": "all numbers as strings",
    "missing": "each field missing from a tenth of the records",
    "unknown": "a text, a number and a truth value that are unknown, in every third record",
    "nested": "the same and an object",
    "all": "all of it at once",
}
_FORMED = {
    "map": "a map by node and id",
    "map_data": "the same below a key",
    "header_rows": "a header and rows",
    "columns_rows": "columns and rows",
    "columns": "one list a column",
    "statements": "statements",
    "lines": "one record a line",
    "names": "fields in camel case",
    "unix": "Unix seconds",
    "unix_ms": "Unix milliseconds",
}
_LOSSES = {
    "rows": "{} rows",
    "values": "{} values",
    "unknown": "{} values of unknown fields",
    "floats": "{} decimals made binary",
}


def targets(facts: dict[str, Any]) -> list[Target]:
    """The figures of the issue, and what was measured."""
    ratio = _Ratios(facts)
    memory = Spread.of([run["memory_ratio"] for run in facts["measured"]["ours"]])
    found = [
        _target("reader ÷ `orjson.loads`, CPU", 1.8, ratio.of("ours", "orjson"), aim=1.5),
        _target("pandas ÷ reader, CPU", 2.5, ratio.of("pandas", "ours"), at_least=True),
        _target("dlt ÷ reader, CPU", 10, ratio.of("dlt", "ours"), at_least=True),
        _target(
            "stdlib json → pyarrow ÷ reader, CPU", 2, ratio.of("stdlib", "ours"), at_least=True
        ),
        _target("reader ÷ DuckDB, CPU", 2, ratio.of("ours", "duckdb")),
        _target("added memory ÷ body", 2, memory),
    ]
    for name in SPELLINGS:
        if name != "clean":
            what = f"{_SPELLED[name]}, ÷ as documented, CPU"
            found.append(_target(what, 1.5, ratio.of(f"ours:{name}", "ours")))
    found.append(_target("read alone ÷ `orjson.loads`, CPU", 1.65, ratio.of("read", "orjson")))
    for name in FORMS:
        of_form = ratio.of(f"read:{name}", f"orjson:{name}")
        found.append(_target(f"read alone, {_FORMED[name]}, ÷ `orjson.loads`, CPU", 5, of_form))
    return found


def body(facts: dict[str, Any]) -> str:
    """The tables, and what they mean."""
    head = f"{facts['records']:,} records, {facts['body_bytes'] / 1e6:.0f} MB; "
    head += f"{facts['repetitions']} interleaved repetitions, a fresh process each. "
    head += ", ".join(f"{name} {version}" for name, version in facts["versions"].items()) + "."
    parts = [head, _approaches(facts), _spellings(facts), _TRAPS_INTRODUCED, _traps(facts)]
    return "\n\n".join(part.strip() for part in [*parts, _meaning(facts)]) + "\n"


class _Ratios:
    """Paired ratios of CPU time."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._cpu = {form: [run["cpu"] for run in runs] for form, runs in facts["measured"].items()}

    def of(self, form: str, base: str) -> Spread:
        return Spread.of_pairs(self._cpu[form], self._cpu[base])


def _target(what: str, limit: float, spread: Spread, **more: Any) -> Target:
    return Target(what, limit, spread.middle, spread.show(), **more)


def _approaches(facts: dict[str, Any]) -> str:
    forms = [form for form in facts["measured"] if ":" not in form]
    rows = [[_NAMES[form], *_figures(facts, form, "orjson")] for form in forms]
    return table(["approach", *_HEAD, ">CPU ÷ `orjson.loads`", "lost of it"], rows)


def _spellings(facts: dict[str, Any]) -> str:
    forms = {"clean": "ours"} | {name: f"ours:{name}" for name in SPELLINGS if name != "clean"}
    rows = [[_SPELLED[name], *_figures(facts, form, "ours")] for name, form in forms.items()]
    return table(["the answer is spelled", *_HEAD, ">CPU ÷ as documented", "lost of it"], rows)


_HEAD = (">CPU, s", ">wall, s", ">added memory ÷ body")


def _figures(facts: dict[str, Any], form: str, base: str) -> list[str]:
    runs = facts["measured"][form]
    columns = [Spread.of([run[key] for run in runs]) for key in ("cpu", "wall", "memory_ratio")]
    lost = _told(facts["losses"][form]) if form in facts["losses"] else "writes nothing"
    return [*(spread.show() for spread in columns), _Ratios(facts).of(form, base).show(), lost]


def _told(losses: dict[str, int]) -> str:
    told = [_LOSSES[kind].format(f"{count:,}") for kind, count in losses.items() if count]
    return ", ".join(told) or "nothing"


_TRAPS_INTRODUCED = """
**Traps**: 1,000 records, of which 233 hold what is easily lost, none of them among the first 300.
What each approach makes of them:
"""


def _traps(facts: dict[str, Any]) -> str:
    outcomes = facts["traps"]
    rows = []
    for trap in TRAPS:
        cells = [outcomes[approach][trap] for approach in outcomes]
        rows.append([trap, *(c if isinstance(c, str) else _told(c) for c in cells)])
    heads = ["this reader" if approach == "ours" else approach for approach in outcomes]
    note = "\nA name of an error: it refuses the whole answer.\n"
    return table(["233 records with", *heads], rows) + note


def _meaning(facts: dict[str, Any]) -> str:
    ratio, whole = _Ratios(facts), [peer for peer in ("ours", *PEERS) if not _loses(facts, peer)]
    lossy = [peer for peer in PEERS if peer not in whole]
    losing = "and loses nothing" if "ours" in whole else "and **loses something**"
    noise = ratio.of("orjson again", "orjson")
    return (
        "**What it means.** An answer at the limit costs "
        f"{ratio.of('ours', 'orjson').middle:.1f} times what parsing it into Python objects costs "
        f"with the fastest parser there is, Parquet file included, {losing}. "
        f"Peers that lose, change or refuse something here: {', '.join(lossy) or 'none'}. "
        "The greater part of the reader's time is Arrow's JSON parser. A spelling that is not "
        "documented costs one small piece read slowly, after which all others are read fast. What "
        "an unknown object costs is a second look through the whole body: Arrow's parser would not "
        "tell a missing member from one that is null. "
        f"Two equal measurements differed by {noise.show()}."
    )


def _loses(facts: dict[str, Any], approach: str) -> bool:
    """Whether an approach lost, changed or refused anything, in any spelling or trap."""
    forms = [form for form in facts["losses"] if form.partition(":")[0] == approach]
    outcomes = [*(facts["losses"][form] for form in forms), *facts["traps"][approach].values()]
    return any(isinstance(lost, str) or any(lost.values()) for lost in outcomes)
