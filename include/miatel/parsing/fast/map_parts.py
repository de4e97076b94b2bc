"""A map of records by id in the bytes of a body, made an array and a list of its keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from miatel.parsing.fast.layout import record_at
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_forms import may_be_entry
from miatel.parsing.record_table import are_ids
from miatel.schema import MDR_FIELDS

_ENTRY = re.compile(rb'[{,]\s*"[^"\\]*\d[^"\\]*"\s*:\s*(?=\{)')
_FIRST_NAME = re.compile(rb'\{\s*("[^"\\]*")')
_LOOKED_AT = 1 << 16
_PLACE = "where the records of a map stood"


@dataclass(frozen=True)
class MapParts:
    """A map as an array.

    Attributes:
        array: its records.
        keys: under which they stood.
        rest: the body with an empty array in the place of all entries, under a name of its own.
    """

    array: bytes
    keys: list[str]
    rest: bytes

    def is_sure(self, table: pa.Table, rest: list[Any]) -> bool:
        """Whether the keys are the records' own ids, and nothing beside them may be an entry."""
        columns = {name: table[name] for name in MDR_FIELDS}
        if len(self.keys) != len(table) or len(set(self.keys)) != len(table):
            return False
        beside = _find_place(rest)
        if beside is None or any(may_be_entry(*item) for item in beside.items()):
            return False
        return are_ids(self.keys, columns)


def find_map(body: bytes, fields: FieldNames) -> MapParts | None:
    """The first map of records of a body; None if there is none, or that is not known.

    Args:
        body: an answer's body, JSON.
        fields: what the names of fields stand for.
    """
    for entry in _ENTRY.finditer(body, 0, _LOOKED_AT):
        first = record_at(body, entry.end())
        name = _FIRST_NAME.match(body, entry.end())
        if first is None or name is None:
            return None
        if any(map(fields.is_time, first[0])):
            return _map_from(body, entry, name[1])
    return None


def _map_from(body: bytes, entry: re.Match[bytes], name: bytes) -> MapParts | None:
    between = re.compile(rb'\}\s*,\s*"([^"\\]*)"\s*:\s*(?=\{\s*' + re.escape(name) + rb")")
    texts = between.split(body[entry.end() :])  # records without their last brace, and keys
    last = record_at(texts[-1], 0)
    if last is None:
        return None
    opening, closing = entry.start() + 1, len(body) - len(texts[-1]) + last[1]
    rest = body[:opening] + b'"%s":[]' % _PLACE.encode() + body[closing:]
    texts[-1] = texts[-1][: last[1]]
    first_key = entry[0].partition(b'"')[2].rpartition(b'"')[0]
    try:
        keys = [key.decode() for key in (first_key, *texts[1::2])]
    except UnicodeDecodeError:
        return None
    return MapParts(b"[" + b"},".join(texts[::2]) + b"]", keys, rest)


def _find_place(value: Any) -> dict[str, Any] | None:
    """What stood beside the entries of the map, in its object."""
    if isinstance(value, dict) and _PLACE in value:
        return {key: inner for key, inner in value.items() if key != _PLACE}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in inner if (found := _find_place(item)) is not None), None)
