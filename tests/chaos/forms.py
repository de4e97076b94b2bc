"""Records in other forms than an array, found by rules of their own, and made arrays of records.

It shares no code with the product. What it makes of an answer holds the same records; one that
stood in a map has the key under which it stood beside its fields.
"""

from __future__ import annotations

from typing import Any

from . import signs

KEY = ("key of a map",)
"""Under this name, which no field can have, a record has its key."""


class Unfolding:
    """What is found in one answer.

    Attributes:
        forms: in which its records stand.
    """

    def __init__(self) -> None:
        self.forms: set[str] = set()

    def documents(self, documents: list[Any]) -> list[Any]:
        """The documents of an answer with all records in arrays."""
        lines = [value for value in documents if signs.is_record_object(value)]
        if not lines:
            return [self.value(document) for document in documents]
        self.forms.add("lines")
        half = len(lines) // 2
        spelled = list(map(signs.spelled, lines))
        assert len(lines) % 2 or spelled[:half] != spelled[half:], "landed, but lines stand twice"
        others = [value for value in documents if not signs.is_record_object(value)]
        return [lines, *map(self.value, others)]

    def value(self, value: Any) -> Any:
        """A value with all its records in arrays."""
        if isinstance(value, list):
            return self._list(value)
        return self._object(value) if isinstance(value, dict) else value

    def _list(self, items: list[Any]) -> Any:
        if items and _is_header(items[0]):
            self.forms.add("rows")
            return _rows(items[0], items[1:])
        if any(map(signs.is_record_object, items)):
            self.forms.add("array")
            return items
        return [self.value(item) for item in items]

    def _object(self, value: dict[str, Any]) -> Any:
        headers = [name for name, inner in value.items() if _is_header(inner)]
        if headers:
            assert len(headers) == 1, "landed, but there are two headers"
            return self._with_rows(value, headers[0])
        times = [name for name in value if signs.is_time(name)]
        if times and isinstance(value[times[0]], list):
            return self._with_columns(value, times[0])
        if times:
            return value
        by_key = {name: inner for name, inner in value.items() if signs.is_record_object(inner)}
        left = {name: self.value(v) for name, v in value.items() if name not in by_key}
        if not by_key:
            return left
        self.forms.add("map")
        are_places = list(by_key) == [str(place) for place in range(len(by_key))]
        found = [inner if are_places else {**inner, KEY: key} for key, inner in by_key.items()]
        return {"records": found, **left}

    def _with_rows(self, value: dict[str, Any], header: str) -> dict[str, Any]:
        rows = [
            name
            for name, inner in value.items()
            if name != header
            and isinstance(inner, list)
            and all(isinstance(row, list) and len(row) == len(value[header]) for row in inner)
        ]
        full = [name for name in rows if value[name]] or rows[:1]
        assert len(full) == 1, "landed, but it has no rows, or two lists of them"
        self.forms.add("rows")
        left = {n: self.value(v) for n, v in value.items() if n not in (header, full[0])}
        return {"rows": _rows(value[header], value[full[0]]), **left}

    def _with_columns(self, value: dict[str, Any], time: str) -> dict[str, Any]:
        self.forms.add("columns")
        count = len(value[time])
        columns = {n: v for n, v in value.items() if isinstance(v, list) and len(v) == count}
        left = {n: v for n, v in value.items() if n not in columns}
        for name, inner in left.items():
            is_names = isinstance(inner, list) and name in ("names", "geo")
            assert not isinstance(inner, list) or is_names, "landed, with columns of other lengths"
            assert not signs.is_documented(name), "landed, but a column is none"
        if "names" in columns and not signs.is_documented("names"):
            left["names"] = columns.pop("names")
        found = [{name: inner[place] for name, inner in columns.items()} for place in range(count)]
        return {"rows": found, **{name: self.value(inner) for name, inner in left.items()}}


def _is_header(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and any(map(signs.is_time, value))
    )


def _rows(header: list[str], rows: list[Any]) -> list[dict[str, Any]]:
    assert len(set(header)) == len(header), "landed, but a header names a field twice"
    assert all(isinstance(row, list) and len(row) == len(header) for row in rows), (
        "landed, but a row has another length than the header"
    )
    return [dict(zip(header, row, strict=True)) for row in rows]
