"""What the records of an answer look like, field by field, without anything personal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_LONGEST_EXAMPLE = 32
_TYPES: dict[type, str] = {
    bool: "true or false", int: "number", Decimal: "decimal", float: "decimal", str: "text",
    dict: "object", list: "list", type(None): "null",
}  # fmt: skip
_TIME_FORMS = {
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z": "ISO 8601 with Z",
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?": "ISO 8601 without a zone, read as GMT",
    r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?Z?": "with a blank instead of T, read as GMT",
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}:?\d{2}": "ISO 8601 with an offset",
    r"\d{9,10}": "Unix seconds",
    r"\d{12,13}": "Unix milliseconds",
}


@dataclass(frozen=True)
class FieldFacts:
    """One field of the records.

    Attributes:
        name: as the answer calls it.
        documented: the documented field that it is read as; None for an unknown one.
        types: JSON types of its values, the most frequent first, with how often each comes.
        present: records in which it has a value that is not null or empty.
        example: the form of one value: each digit a 9, each letter an a.
    """

    name: str
    documented: str | None
    types: dict[str, int]
    present: int
    example: str


def describe_fields(
    records: Sequence[Mapping[str, Any]], documented: Callable[[str], str | None]
) -> list[FieldFacts]:
    """Describe every field that any record has, in the order in which they first come.

    Args:
        records: as parsed, with the answer's own names.
        documented: gives the documented name that a name is read as.
    """
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            values.setdefault(name, []).append(value)
    return [_describe(name, documented(name), found) for name, found in values.items()]


def _describe(name: str, documented: str | None, values: list[Any]) -> FieldFacts:
    types = Counter(_TYPES.get(type(value), type(value).__name__) for value in values)
    said = [value for value in values if value not in (None, "")]
    example = mask_value(said[0]) if said else ""
    return FieldFacts(name, documented, dict(types.most_common()), len(said), example)


def mask_value(value: Any) -> str:
    """The form of a value: each digit a 9, each letter but a time's an a, others as they are.

    Of a long one only the length is shown: how words follow each other may show what they are.
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) > _LONGEST_EXAMPLE and not re.fullmatch(r"[0-9a-fA-F-]{36}", text):
        return f"{len(text)} characters"
    is_time = any(re.fullmatch(pattern, text.strip()) for pattern in _TIME_FORMS)
    letter = "" if is_time else "a"
    return "".join("9" if c.isdigit() else (letter or c) if c.isalpha() else c for c in text)


def name_time_forms(values: Iterable[Any]) -> dict[str, int]:
    """How times are written, with how often each way comes; the most frequent first."""
    found: Counter[str] = Counter()
    for value in values:
        text = str(value).strip()
        form = next((f for pattern, f in _TIME_FORMS.items() if re.fullmatch(pattern, text)), None)
        found[form or f"another: {mask_value(text)}"] += 1
    return dict(found.most_common())
