"""How an answer spells its fields, learned once instead of stumbling over every record.

The vendor does not say whether numbers come as JSON numbers or as strings, how a missing receipt
time looks, or which further fields there are. A `Spelling` holds, for each field, the Arrow type in
which the fast parser has to read it; what it cannot read that way goes to the tolerant parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from miatel.json_text import HALF_CHARACTER, json_text
from miatel.nested_fields import Numbered
from miatel.schema import MDR_FIELDS, UTC_MICROSECONDS
from miatel.unknown_fields import fold_extra, json_column

PRICE_READ_TYPE = pa.decimal128(28, 18)
"""Arrow's JSON parser does not check a decimal for overflow: at 38 digits a plain number of 30 of
them wraps around without an error. At 28, a value that overflows fails the validation that follows.
"""

ZERO_TIMES = ("", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
"""How systems built on MySQL write 'no time'."""

_A_TIME = "2026-01-31T12:00:00Z"
_DOCUMENTED_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_FIRST_TIME = pa.scalar(datetime.min.replace(tzinfo=UTC), UTC_MICROSECONDS)


def _default_read_type(landed: pa.DataType) -> pa.DataType:
    return PRICE_READ_TYPE if pa.types.is_decimal(landed) else landed


@dataclass(frozen=True)
class Spelling:
    """How the fast parser reads each field.

    Attributes:
        read_types: field → the type in which it is read, for known and unknown fields.
        nested: unknown fields that hold objects or lists; see `NestedValues`.
    """

    read_types: dict[str, pa.DataType]
    nested: frozenset[str] = frozenset()

    @classmethod
    def documented(cls) -> Spelling:
        """Numbers as numbers, times as ISO 8601, no unknown field."""
        return cls({name: _default_read_type(kind) for name, kind in MDR_FIELDS.items()})

    def learn(self, records: Sequence[dict[str, Any]]) -> Spelling:
        """The spelling that also reads these records, as far as one can; itself if that is all.

        A field that mixes JSON types, or is known but holds objects or lists, or whose name Arrow
        cannot store, is not learned: it stays with the tolerant parser.
        """
        read_types, nested = dict(self.read_types), set(self.nested)
        for name, kinds in _kinds_by_field(records).items():
            if name in nested or HALF_CHARACTER.search(name):
                continue
            learned = _read_type(MDR_FIELDS.get(name), kinds)
            if learned == pa.string() and self._reads_times(name, records):
                continue
            if name not in MDR_FIELDS and kinds <= {dict, list}:
                learned = pa.int64()
                nested.add(name)
            if learned is not None:
                read_types[name] = learned
        learned_all = Spelling(read_types, frozenset(nested))
        return self if learned_all == self else learned_all

    def _reads_times(self, name: str, records: Sequence[dict[str, Any]]) -> bool:
        """Whether all values of a field are times that it is read as already."""
        if not pa.types.is_timestamp(self.read_types.get(name, pa.null())):
            return False
        return all(_DOCUMENTED_TIME.fullmatch(record.get(name) or _A_TIME) for record in records)

    @property
    def schema(self) -> pa.Schema:
        """The schema for the fast parser."""
        return pa.schema(list(self.read_types.items()))

    def misreads(self, piece: memoryview) -> bool:
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

    def land(self, table: pa.Table, nested: Mapping[str, Numbered]) -> pa.Table:
        """Bring a parsed table into the landed types, unknown fields into `extra`.

        Args:
            table: as read with `schema`.
            nested: what the numbers in nested fields stand for.

        Returns:
            Columns `MDR_FIELDS`, then `extra`.

        Raises:
            pa.ArrowInvalid: a value does not fit its column: take the tolerant parser.
        """
        columns = [_to_landed(table[name], kind) for name, kind in MDR_FIELDS.items()]
        texts = {}
        for name in sorted(self.read_types.keys() - MDR_FIELDS.keys()):
            column = table[name].combine_chunks()
            texts[name] = nested[name].restore(column) if name in nested else json_column(column)
        columns.append(fold_extra(texts, table.num_rows))
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
    column = _without_blanks(column, ZERO_TIMES if pa.types.is_timestamp(landed) else ("",))
    if pa.types.is_timestamp(landed):
        if _any_match(column, r"(^\d{4}-\d{2}-\d{2}|Z)Z$"):
            raise pa.ArrowInvalid("not a time")
        naive = pc.utf8_rtrim(column, "Z").cast(pa.timestamp("us"))
        return pc.assume_timezone(naive, "UTC")
    if pa.types.is_integer(landed) and _holds_letter_x(column):
        raise pa.ArrowInvalid("a hexadecimal number")
    return column.cast(_default_read_type(landed))


def _without_blanks(column: pa.ChunkedArray, blanks: tuple[str, ...]) -> pa.ChunkedArray:
    """Null for what means nothing; most columns hold none of it, and comparing each row is dear."""
    if pc.min(pc.binary_length(column)).as_py() != 0 and len(blanks) == 1:
        return column
    return pc.if_else(pc.is_in(column, value_set=pa.array(blanks)), None, column)


def _holds_letter_x(column: pa.ChunkedArray) -> bool:
    """Whether any value may have an x; looks at the bytes, since a regex a row costs too much."""
    texts = [chunk.buffers()[2] for chunk in column.chunks]
    return any(text is not None and b"x" in text.to_pybytes().lower() for text in texts)


def _any_match(column: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())
