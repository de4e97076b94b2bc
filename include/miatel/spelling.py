"""How an answer spells its fields, learned once instead of stumbling over every record.

The vendor does not say whether numbers come as JSON numbers or as strings, how a missing receipt
time looks, or which further fields there are. A `Spelling` holds, for each field, the Arrow type in
which the fast parser has to read it; what it cannot read that way goes to the tolerant parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from miatel.schema import MDR_FIELDS, UTC_MICROSECONDS

PRICE_READ_TYPE = pa.decimal128(28, 18)
"""Arrow's JSON parser does not check a decimal for overflow: at 38 digits a plain number of 30 of
them wraps around without an error. At 28, a value that overflows fails the validation that follows.
"""

ZERO_TIMES = ("", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
"""How systems built on MySQL write 'no time'."""

HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # an emoji cut between two segments leaves one

_FIRST_TIME = pa.scalar(datetime.min.replace(tzinfo=UTC), UTC_MICROSECONDS)


def _default_read_type(landed: pa.DataType) -> pa.DataType:
    return PRICE_READ_TYPE if pa.types.is_decimal(landed) else landed


@dataclass(frozen=True)
class Spelling:
    """Field → the type in which the fast parser reads it, for known and unknown fields."""

    read_types: dict[str, pa.DataType]

    @classmethod
    def documented(cls) -> Spelling:
        """Numbers as numbers, times as ISO 8601, no unknown field."""
        return cls({name: _default_read_type(kind) for name, kind in MDR_FIELDS.items()})

    def learn(self, records: Iterable[dict[str, Any]]) -> Spelling:
        """The spelling that also reads these records, as far as one can.

        A field that mixes JSON types, or holds objects or lists, or whose name Arrow cannot store,
        is not learned: it stays with the tolerant parser.
        """
        read_types = dict(self.read_types)
        for name, kinds in _kinds_by_field(records).items():
            learned = _read_type(MDR_FIELDS.get(name), kinds)
            if learned is not None and not HALF_CHARACTER.search(name):
                read_types[name] = learned
        return Spelling(read_types)

    @property
    def schema(self) -> pa.Schema:
        """The schema for the fast parser."""
        return pa.schema(list(self.read_types.items()))

    def misreads(self, piece: bytes) -> bool:
        """Whether a string stands where Arrow takes it for a decimal without a word.

        For a price that is right; an unknown field has to keep the type that it came with.

        Args:
            piece: records as they came.
        """
        for name, kind in self.read_types.items():
            if name not in MDR_FIELDS and pa.types.is_decimal(kind):
                spellings = {json.dumps(name), json_text(name)}
                names = b"|".join(re.escape(spelling.encode()) for spelling in spellings)
                if re.search(rb"(%s)\s*:\s*\"" % names, piece):
                    return True
        return False

    def land(self, table: pa.Table) -> pa.Table:
        """Bring a parsed table into the landed types, unknown fields into `extra`.

        Args:
            table: as read with `schema`.

        Returns:
            Columns `MDR_FIELDS`, then `extra`.

        Raises:
            pa.ArrowInvalid: a value does not fit its column: take the tolerant parser.
        """
        columns = [_to_landed(table[name], kind) for name, kind in MDR_FIELDS.items()]
        unknown = sorted(name for name in self.read_types if name not in MDR_FIELDS)
        columns.append(_fold_extra({name: table[name] for name in unknown}, table.num_rows))
        return pa.table(columns, schema=LANDED_SCHEMA)


LANDED_SCHEMA = pa.schema([*MDR_FIELDS.items(), ("extra", pa.string())])


def _kinds_by_field(records: Iterable[dict[str, Any]]) -> dict[str, set[type]]:
    kinds: dict[str, set[type]] = {}
    for record in records:
        for name, value in record.items():
            if value is not None:
                kinds.setdefault(name, set()).add(type(value))
    return kinds


def _read_type(landed: pa.DataType | None, kinds: set[type]) -> pa.DataType | None:
    """The type to read a field in; None where only the tolerant parser can."""
    if kinds == {int, Decimal}:
        return PRICE_READ_TYPE if landed is None or pa.types.is_decimal(landed) else None
    if len(kinds) > 1:
        return None
    (kind,) = kinds
    if landed is not None and kind is not str and not pa.types.is_string(landed):
        return _default_read_type(landed)
    simple = {str: pa.string(), int: pa.int64()}
    if landed is None:
        simple |= {bool: pa.bool_(), Decimal: PRICE_READ_TYPE}
    return simple.get(kind)


def _to_landed(column: pa.ChunkedArray, landed: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_string(column.type) and column.type != landed:
        column = _from_strings(column, landed)
    if pa.types.is_timestamp(landed) and pc.any(pc.less(column, _FIRST_TIME)).as_py():
        raise pa.ArrowInvalid("a time in the year 0, which Arrow has and Python has not")
    return column if column.type == landed else column.cast(landed)


def _from_strings(column: pa.ChunkedArray, landed: pa.DataType) -> pa.ChunkedArray:
    """Values written as strings; Arrow takes a little more than the tolerant parser does."""
    nothing = ZERO_TIMES if pa.types.is_timestamp(landed) else ("",)
    column = pc.if_else(pc.is_in(column, value_set=pa.array(nothing)), None, column)
    if pa.types.is_timestamp(landed):
        if _any_match(column, r"(^\d{4}-\d{2}-\d{2}|Z)Z$"):
            raise pa.ArrowInvalid("not a time")
        naive = pc.utf8_rtrim(column, "Z").cast(pa.timestamp("us"))
        return pc.assume_timezone(naive, "UTC")
    if pa.types.is_integer(landed) and _holds_letter_x(column):
        raise pa.ArrowInvalid("a hexadecimal number")
    return column.cast(_default_read_type(landed))


def _holds_letter_x(column: pa.ChunkedArray) -> bool:
    """Whether any value may have an x; looks at the bytes, since a regex a row costs too much."""
    texts = [chunk.buffers()[2] for chunk in column.chunks]
    return any(text is not None and b"x" in text.to_pybytes().lower() for text in texts)


def _fold_extra(unknown: dict[str, pa.ChunkedArray], length: int) -> pa.Array | pa.ChunkedArray:
    """One JSON object text a row from the unknown fields that the row has; null where none."""
    members = [
        pc.binary_join_element_wise(f"{json_text(name)}:", _json_column(column), "")
        for name, column in unknown.items()
    ]
    if not members:
        return pa.nulls(length, pa.string())
    # The opening brace stands first because Arrow drops a row in which all that is joined is null.
    joined = pc.binary_join_element_wise("{", *members, ",", null_handling="skip")
    joined = pc.if_else(pc.equal(joined, "{"), None, joined)
    joined = pc.replace_substring(joined, "{,", "{", max_replacements=1)
    return pc.binary_join_element_wise(joined, "}", "")


def _json_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column's values as JSON texts, the same as `json_text` would write them one by one."""
    if pa.types.is_string(column.type):
        if not _any_match(column, r"[\x00-\x1f]"):
            quoted = pc.replace_substring(column, "\\", "\\\\")
            quoted = pc.replace_substring(quoted, '"', '\\"')
            return pc.binary_join_element_wise('"', quoted, '"', "")
    elif pa.types.is_decimal(column.type):
        texts = column.cast(pa.string())
        if not _any_match(texts, "E"):
            return pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".")
    else:
        return column.cast(pa.string())
    return pa.chunked_array(
        [[None if value is None else json_text(value) for value in column.to_pylist()]],
        pa.string(),
    )


def _any_match(column: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def json_text(value: Any) -> str:
    """A value as JSON text, decimals exact, the same from either parser."""
    if isinstance(value, Decimal):
        value = value or Decimal(0)  # Arrow's decimals know no negative zero
        text = format(value, "f") if -30 < value.adjusted() < 30 else str(value)
        return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
    if isinstance(value, dict):
        members = (f"{json_text(str(k))}:{json_text(v)}" for k, v in sorted(value.items()))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(json_text(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
