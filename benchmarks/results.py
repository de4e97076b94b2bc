"""What a part measured, in the form in which it is stored as JSON."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Value = Any  # a text, a number, or the least, the middle and the greatest of repeated runs
Table = list[dict[str, Value]]  # column → value, a row each


def spread(values: Sequence[float]) -> list[float]:
    """The least, the middle and the greatest of some measurements."""
    return [min(values), median(values), max(values)]


def ratios(values: Sequence[float], bases: Sequence[float]) -> list[float]:
    """The spread of the ratios of measurements that were made side by side."""
    return spread([value / base for value, base in zip(values, bases, strict=True)])


@dataclass(frozen=True)
class Target:
    """A figure that was set as a target, what it must keep to, and what was measured."""

    figure: str
    limit: float
    measured: Value
    aim: float | None = None  # a stricter value to aim at
    at_least: bool = False  # the limit is a least value, not a most


@dataclass(frozen=True)
class Panel:
    """A plot of columns of one table: bars, points with a straight line, or lines over powers."""

    table: str
    x: str
    y: list[str]
    where: dict[str, Value] = field(default_factory=dict)  # column → value of the rows drawn
    kind: str = "bars"


@dataclass(frozen=True)
class Results:
    """All that one part measured: targets, named tables, a picture, and facts as sentences."""

    targets: list[Target]
    tables: dict[str, Table]
    title: str = ""
    panels: list[Panel] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def store(part: str, results: Results, measured: dict[str, Any], directory: Path) -> None:
    """Write `<part>.json`: numbers to five digits, a row a line."""
    facts = _rounded({"measured": measured, **asdict(results)})
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    for pattern in (r"\[[^\[\]{}]*\]", r"\{[^{}]*\}"):  # spreads, then rows
        text = re.sub(pattern, lambda found: re.sub(r"\s*\n\s*", " ", found[0]), text)
    directory.mkdir(exist_ok=True)
    (directory / f"{part}.json").write_text(text + "\n")


def load(part: str, directory: Path) -> Any:
    """What `store` wrote."""
    return json.loads((directory / f"{part}.json").read_text())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
