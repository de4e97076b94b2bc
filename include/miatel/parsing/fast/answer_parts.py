"""The part of a body in which the records are an array of objects, and all that stands around it.

An array may stand in a script's statement; records one a line become one by a comma for each break.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from miatel.errors import AnswerNotUnderstoodError
from miatel.parsing.exact_json import load_documents
from miatel.parsing.fast.layout import Layout, find_layout
from miatel.parsing.fast.map_parts import MapParts, find_map
from miatel.parsing.field_names import FieldNames
from miatel.parsing.statements import begins_statement, split_statements

_BETWEEN_LINES = b"}\n{"
_FIRST_LINE = re.compile(rb"\A\{[^\n]*\}\s*\n\s*\{")
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True)
class Parts:
    """Where the records of an answer stand.

    Attributes:
        body: what the layout is of.
        layout: where the records stand in it.
        statements: texts of all values of a script by name; None where it is none.
        inside: the name of the statement that holds the records.
        lines: how many records there must be, where they came one a line; else None.
        beside: the lines that are no records.
        map: the map of records of which `body` is the array.
    """

    body: bytes
    layout: Layout
    statements: dict[str, bytes] | None = None
    inside: str = ""
    lines: int | None = None
    beside: bytes = b""
    map: MapParts | None = None

    def load_rest(self, asked: str) -> list[Any]:
        """The documents of the answer, with an empty array in the place of its records.

        Raises:
            BrokenAnswerError, AnswerNotUnderstoodError: as `load_documents`.
        """
        if self.lines is not None:
            beside = load_documents(self.beside, asked) if self.beside.strip() else []
            return [*load_documents(self.layout.rest, asked), *beside]
        rest = self.layout.rest if self.map is None else self.map.rest
        if self.statements is None:
            return load_documents(rest, asked)
        members = {}
        for name, text in (self.statements | {self.inside: rest}).items():
            members[name], *others = load_documents(text, asked)
            if others:
                raise AnswerNotUnderstoodError(f"{asked}: a statement holds two values")
        return [members]

    def check(self, table: pa.Table, rest: list[Any], asked: str) -> None:
        """Have the answer read whole if it may hold other records than those of the array.

        Args:
            table: what was read of the array.
            rest: as `load_rest` gave it.
            asked: what was asked, for the message.

        Raises:
            AnswerNotUnderstoodError: read the answer whole.
        """
        half = table.num_rows // 2
        if self.lines is not None and (
            table.num_rows != self.lines
            or (table.num_rows % 2 == 0 and table[:half].equals(table[half:]))
        ):
            raise AnswerNotUnderstoodError(f"{asked}: not one record a line")
        if self.map is not None and not self.map.is_sure(table, rest):
            raise AnswerNotUnderstoodError(f"{asked}: keys of a map that are no ids of its records")


def find_parts(body: bytes, fields: FieldNames, asked: str) -> Parts | None:
    """The parts of a body, or None where only parsing all of it shows them.

    Args:
        body: an answer's body, JSON or statements.
        fields: what the names of fields stand for.
        asked: what was asked, for the message.
    """
    if begins_statement(body):
        return _of_statements(body, fields, asked)
    if _FIRST_LINE.search(body, 0, _LONGEST_LINE):
        return _of_lines(body, fields)
    return _of_value(body, fields)


def _of_value(body: bytes, fields: FieldNames) -> Parts | None:
    layout = find_layout(body, fields)
    if layout is not None:
        return Parts(body, layout)
    found = find_map(body, fields)
    if found is None:
        return None
    layout = find_layout(found.array, fields)
    if layout is None or layout.rest != b"[]":
        return None
    return Parts(found.array, layout, map=found)


def _of_statements(body: bytes, fields: FieldNames, asked: str) -> Parts | None:
    values = split_statements(body, asked)
    for name, text in values.items():
        parts = _of_value(text, fields)
        if parts is not None:
            return replace(parts, statements=values, inside=name)
    return None


def _of_lines(body: bytes, fields: FieldNames) -> Parts | None:
    """Records one a line, and perhaps an object of geo names on the first or the last line."""
    body = body.strip()
    start, end = body.find(b"\n") + 1, body.rfind(b"\n")
    named = [line for line in (body[:start], body[end:]) if not _has_time(line, fields)]
    first = start if _has_time(body[:start], fields) is False else 0
    last = end if _has_time(body[end:], fields) is False else len(body)
    if first >= last or any(_may_be_record(line, fields) for line in named):
        return None
    records = body[first:last].strip()
    array = b"[" + records.replace(_BETWEEN_LINES, b"},{") + b"]"
    layout = find_layout(array, fields)
    if layout is None or layout.rest.strip() != b"[]":
        return None
    lines = records.count(b"\n") + 1
    return Parts(array, layout, lines=lines, beside=b"\n".join(named))


def _may_be_record(line: bytes, fields: FieldNames) -> bool:
    """Whether a line beside the records has a documented field, or one spelled with escapes."""
    names = re.findall(rb'"((?:[^"\\]|\\.)*)"\s*:', line)
    return any(
        b"\\" in name or fields.documented(name.decode("utf-8", "replace")) for name in names
    )


def _has_time(line: bytes, fields: FieldNames) -> bool:
    """Whether an object on a line names a time; if it merely may, its records are read whole."""
    names = re.findall(rb'"(\w{4,40})"\s*:', line)
    return any(fields.is_time(name.decode()) for name in names)
