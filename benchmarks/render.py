"""The generated blocks of `docs/benchmarks.md` from the stored results.

The text between them is written by hand. A block begins with `<!-- <part>: <what> -->`; `what` is
`measured`, `targets`, `notes`, `picture` or a table's name; `all: met` sums up.
"""

import re
from collections.abc import Sequence
from math import floor, log10
from pathlib import Path
from typing import Any

from benchmarks.results import Table, Value, load

_BLOCK = re.compile(r"(<!-- (\w+): (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_MISSED = "**missed**"
_MEASURED = (
    "`make bench PART={part}`: {at}, commit {commit}, {processor}, {cores} cores, "
    "{memory_gib} GiB, Python {python}, load before {load_before}, {seconds} s."
)


def render(document: str, parts: Sequence[str], results: Path) -> str:
    """The document with every generated block made anew."""
    facts = {part: load(part, results) for part in parts}

    def fill(found: re.Match[str]) -> str:
        begin, part, what, end = found.groups()
        text = _met(facts) if part == "all" else _block(part, what, facts[part])
        return f"{begin}{text}\n{end}"

    return _BLOCK.sub(fill, document)


def find_figures(document: str) -> list[str]:
    """Lines by hand with a digit outside code and links: a figure that no run produced."""
    by_hand = re.sub(r"`[^`]*`|\]\([^)]*\)", "", _BLOCK.sub("", document))
    return [line for line in by_hand.splitlines() if re.search(r"\d", line)]


def middle(value: Value) -> float:
    """The number itself, or the middle of a spread."""
    return float(value[1] if isinstance(value, list) else value)


def _block(part: str, what: str, facts: dict[str, Any]) -> str:
    if what == "measured":
        return _MEASURED.format(part=part, **facts["measured"])
    if what == "targets":
        return _table([_target_row(target) for target in facts["targets"]])
    if what == "notes":
        return "\n".join(facts["notes"])
    if what == "picture":
        return f"![{facts['title']}](images/benchmarks/{part}.png)"
    return _table(facts["tables"][what])


def _met(facts: dict[str, dict[str, Any]]) -> str:
    """How many targets were met, and which parts miss some."""
    verdicts = [
        (part, _target_row(target)["verdict"])
        for part, found in facts.items()
        for target in found["targets"]
    ]
    missed = [part for part, verdict in verdicts if verdict == _MISSED]
    met = f"{len(verdicts) - len(missed)} of {len(verdicts)} targets are met"
    return (
        f"{met}; some are {_MISSED} in {', '.join(dict.fromkeys(missed))}." if missed else f"{met}."
    )


def _target_row(target: dict[str, Any]) -> dict[str, Value]:
    sign, limit, aim = "≥" if target["at_least"] else "≤", target["limit"], target["aim"]
    verdict = "met" if _is_met(target, limit) else _MISSED
    if aim is not None and verdict == "met":
        verdict = "met, aim too" if _is_met(target, aim) else "met, aim not"
    wanted = f"{sign} {limit:g}" + ("" if aim is None else f" (aim {aim:g})")
    figure, measured = target["figure"], target["measured"]
    return {"figure": figure, "target": wanted, "measured": measured, "verdict": verdict}


def _is_met(target: dict[str, Any], limit: float) -> bool:
    value = middle(target["measured"])
    return value >= limit if target["at_least"] else value <= limit


def _table(rows: Table) -> str:
    marks = ["---" if isinstance(value, str) else "---:" for value in rows[0].values()]
    lines = [list(rows[0]), marks, *([_show(value) for value in row.values()] for row in rows)]
    return "\n".join("|" + "|".join(line) + "|" for line in lines)


def _show(value: Value) -> str:
    """A number to three digits, four where the first is a 1; a spread with its ends."""
    if isinstance(value, list):
        low, mid, high = map(_show, value)
        return mid if low == high else f"{mid} ({low}-{high})"
    if isinstance(value, float):
        power = floor(log10(abs(value))) if value else 0
        digits = 3 if str(abs(value)).lstrip("0.").startswith("1") else 2
        text = f"{value:,.{max(0, digits - power)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:,}" if isinstance(value, int) else str(value)
