"""How an answer spells its fields, learned once instead of stumbling over every record.

The vendor does not say whether numbers come as JSON numbers or as strings, how a missing receipt
time looks, or which further fields there are. A `Spelling` holds, for each field, the Arrow type in
which the fast parser has to read it; what it cannot read that way goes to the exact parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from miatel.json_text import LONE_SURROGATE
from miatel.limits import TIME_FIELD
from miatel.parsing.fast.landed_columns import (
    PRICE_READ_TYPE,
    read_type_of,
    to_landed,
    unix_to_landed,
)
from miatel.parsing.fast.numbered_values import Numbered, key_patterns
from miatel.parsing.fast.unknown_fields import fold_extra
from miatel.parsing.money import exact_price
from miatel.parsing.unix_times import TIME_FIELDS
from miatel.schema import ANSWER_SCHEMA, MDR_FIELDS

_DOCUMENTED_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_INT64 = range(-(2**63), 2**63)
_UNKNOWN_READ_TYPES = [pa.int64(), PRICE_READ_TYPE, pa.bool_(), pa.string()]


@dataclass(frozen=True)
class Spelling:
    """How the fast parser reads each field.

    Attributes:
        read_types: field → the type in which it is read, for known and unknown fields.
        numbered: fields that no one type can read; see `ValueNumberer`.
        called: documented field → its name in the answer.
        time_unit: Arrow's name of the unit in which times are numbers, None where they are texts.
    """

    read_types: dict[str, pa.DataType]
    numbered: frozenset[str] = frozenset()
    called: Mapping[str, str] = field(default_factory=lambda: {name: name for name in MDR_FIELDS})
    time_unit: str | None = None

    @classmethod
    def documented(
        cls, called: Mapping[str, str] = MappingProxyType({}), time_unit: str | None = None
    ) -> Spelling:
        """Numbers as numbers, times as ISO 8601 or in a unit, no unknown field.

        Args:
            called: documented field → its name in the answer, where it is another one.
            time_unit: Arrow's name of the unit in which times are numbers.
        """
        names = {name: called.get(name, name) for name in MDR_FIELDS}
        read_types = {own: _documented_type(name, time_unit) for name, own in names.items()}
        return cls(read_types, called=names, time_unit=time_unit)

    def with_names(self, called: Mapping[str, str]) -> Spelling:
        """The same with other names of documented fields that the first record did not have.

        Args:
            called: documented field → its name in the answer, of those that were met.
        """
        new = {name: own for name, own in called.items() if self.called[name] != own}
        if not new:
            return self
        gone = {self.called[name] for name in new}
        read_types = {own: kind for own, kind in self.read_types.items() if own not in gone}
        read_types |= {own: _documented_type(name, self.time_unit) for name, own in new.items()}
        return replace(self, read_types=read_types, called={**self.called, **new})

    @property
    def _kinds(self) -> dict[str, pa.DataType]:
        """Name of a known field in the answer → its landed type."""
        return {own: MDR_FIELDS[name] for name, own in self.called.items()}

    def learn(self, records: Sequence[dict[str, Any]]) -> Spelling:
        """The spelling that also reads these records; itself if that is all that there is to learn.

        A field whose name Arrow cannot store is not learned: it stays with the exact parser. Nor
        are times that are numbers: only all of them together show what the others are.
        """
        read_types, numbered = dict(self.read_types), set(self.numbered)
        for name, values in _values_by_field(records).items():
            known = read_types.get(name)
            if name in numbered or LONE_SURROGATE.search(name) or self._is_unix_time(name):
                continue
            if known is None or not self._reads(known, name, values):
                read_types[name] = self._read_type(name, values)
                if read_types[name] is None:
                    read_types[name] = pa.int64()
                    numbered.add(name)
        learned = replace(self, read_types=read_types, numbered=frozenset(numbered))
        return self if learned == self else learned

    def _read_type(self, name: str, values: Sequence[Any]) -> pa.DataType | None:
        """A type that reads a field's values, these and those before; None where there is none."""
        before = self.read_types.get(name)
        landed = self._kinds.get(name)
        if before == pa.int64() and landed is None:
            candidates = [PRICE_READ_TYPE]
        elif before is None:
            candidates = _UNKNOWN_READ_TYPES
        else:
            is_as_documented = before == read_type_of(landed or pa.null())
            candidates = [pa.string(), pa.int64()] if is_as_documented else []
        return next((kind for kind in candidates if self._reads(kind, name, values)), None)

    def _is_unix_time(self, name: str) -> bool:
        return self.time_unit is not None and name in [self.called[time] for time in TIME_FIELDS]

    def _reads(self, kind: pa.DataType, name: str, values: Sequence[Any]) -> bool:
        return _reads(kind, self._kinds.get(name), values)

    @property
    def schema(self) -> pa.Schema:
        """The schema for the fast parser."""
        return pa.schema(list(self.read_types.items()))

    def land(self, table: pa.Table, lines: bytearray, numbered: Mapping[str, Numbered]) -> pa.Table:
        """Bring a parsed table into the landed types, unknown fields into `extra`.

        Args:
            table: as read with `schema`.
            lines: what it was read from.
            numbered: what the numbers in numbered fields stand for.

        Returns:
            Columns `MDR_FIELDS`, then `extra`.

        Raises:
            pa.ArrowInvalid: a value does not fit its column: the exact parser decides.
        """
        known, unknown, texts = {}, {}, {}
        documented = {own: name for name, own in self.called.items()}
        for own in self.read_types:
            column, name = table[own], documented.get(own)
            kind = None if name is None else MDR_FIELDS[name]
            if own in numbered:
                digits, values = column.combine_chunks(), numbered[own]
                values.check(digits)
                texts[name or own] = values.texts(digits)
                column = digits if kind is None else values.fitted(digits, kind)
            elif kind is None:
                _refuse_strings_as_decimals(own, column, lines)
                unknown[own] = column.combine_chunks()
            elif name in TIME_FIELDS and self.time_unit is not None:
                column = unix_to_landed(column, self.time_unit, is_receipt=name != TIME_FIELD)
            else:
                column = to_landed(column, kind)
            if name is not None:
                known[name] = column
        extra = fold_extra(unknown, texts, table.num_rows)
        return pa.table([*(known[name] for name in MDR_FIELDS), extra], schema=ANSWER_SCHEMA)


def _documented_type(name: str, time_unit: str | None) -> pa.DataType:
    """The type in which a documented field is read unless it turns out to be spelled otherwise."""
    is_number = time_unit is not None and name in TIME_FIELDS
    return pa.int64() if is_number else read_type_of(MDR_FIELDS[name])


def _values_by_field(records: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            if value is not None:
                values.setdefault(name, []).append(value)
    return values


def _reads(kind: pa.DataType, known: pa.DataType | None, values: Sequence[Any]) -> bool:
    """Whether values of a field, known by its landed type or unknown, are read right as a type."""
    landed, kinds = known or pa.string(), set(map(type, values))
    if pa.types.is_string(kind):
        return kinds == {str} and (pa.types.is_string(landed) or _can_land(values, landed))
    if pa.types.is_timestamp(kind):
        return kinds == {str} and all(map(_DOCUMENTED_TIME.fullmatch, values))
    if pa.types.is_integer(kind):
        fits_column = pa.types.is_integer(landed) or pa.types.is_string(landed)
        return fits_column and kinds == {int} and all(value in _INT64 for value in values)
    if pa.types.is_decimal(kind):
        return kinds <= {int, Decimal} and all(exact_price(Decimal(v)) is not None for v in values)
    return kinds == {bool} and known is None


def _can_land(values: Sequence[str], landed: pa.DataType) -> bool:
    try:
        to_landed(pa.chunked_array([pa.array(values, pa.string())]), landed)
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return False
    return True


def _refuse_strings_as_decimals(name: str, column: pa.ChunkedArray, lines: bytearray) -> None:
    """Arrow takes "1.5" for a decimal without a word; an unknown field keeps the type it came with.

    For a price that is right.
    """
    if pa.types.is_decimal(column.type):
        written = sum(len(pattern.findall(lines)) for pattern in _number_patterns(name))
        if written != len(column) - column.null_count:
            raise pa.ArrowInvalid("a string where there were decimals before")


@lru_cache(maxsize=256)
def _number_patterns(name: str) -> list[re.Pattern[bytes]]:
    return [re.compile(key + rb"[-\d]") for key in key_patterns(name)]
