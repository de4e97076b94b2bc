"""Collections of records in every form that a big answer is likely to have.

Beside an array of records these are: a map of records by id, a header and rows, one list a column,
one record a line. A form is recognised by what stands where, never by the name of a key; where two
readings are possible, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.json_text import json_text
from miatel.limits import TIME_FIELD
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_ids import MAP_KEY
from miatel.parsing.record_sequences import ColumnRecords, alike_columns
from miatel.redaction.masking import mask_name

Record = dict[str, Any]
ARRAY, MAP, TABLE = "an array of records", "a map of records by id", "a header and rows"
COLUMNS, LINES = "one list a column", "one record a line"
_DEEPEST_MAP = 4
_MOST_FIELDS = 500
_DIGIT = re.compile(r"\d")
_NETWORK = re.compile(r"\d{4,6}")
_OF_NAMES = (None, "sms_hub_mccmnc_id", "sms_hub_mccmnc_name")  # a geo name's fields, or none
_TELL = "say by `records_at` in the connection's extra where the records stand"


@dataclass
class Collection:
    """Records that stand together in one place.

    Attributes:
        form: one of the forms above.
        records: in their order, with their own names of fields.
        rest: what stood beside them in the same object; None where nothing did.
    """

    form: str
    records: Sequence[Record]
    rest: Record | None = None


class Lines(list[Record]):
    """Records that each were a JSON document of their own."""


class FormFinder:
    """Recognises collections of records.

    Args:
        names: what the names of fields stand for.
        asked: what was asked, for the messages.
    """

    def __init__(self, names: FieldNames, asked: str) -> None:
        self._names = names
        self._asked = asked
        self._time_names: list[str] = []  # those met; looking a name up is expensive

    def collection_of(self, value: Any) -> Collection | None:
        """The records of a value that is a collection of them; one further in is none of its own.

        Args:
            value: a part of an answer, as parsed.

        Returns:
            None where it is none, and for an empty array, of which nobody can say what it is.

        Raises:
            AnswerNotUnderstoodError: it is one, but not a whole one, or may be read in two ways.
        """
        if isinstance(value, list) and value:
            return self._of_list(value)
        if isinstance(value, dict) and not self.is_record(value):
            return self._of_object(value)
        return None

    def is_record(self, value: Any) -> bool:
        """Whether a value is an MDR: an object with a time, and not with a list of times."""
        time = self._time_of(value)
        return time is not None and not isinstance(value[time], list)

    def _time_of(self, value: Any) -> str | None:
        """The name of an object's time, None where it has none."""
        if not isinstance(value, dict):
            return None
        for name in self._time_names:
            if name in value:
                return name
        time = next(filter(self._names.is_time, value), None)
        if time is not None:
            self._time_names.append(time)
        return time

    def gather_lines(self, documents: list[Any]) -> list[Any]:
        """Documents in which those that are MDRs by themselves have become one collection.

        Args:
            documents: the JSON documents of an answer.

        Raises:
            AnswerNotUnderstoodError: something stands among them that is neither an MDR nor an
                object beside them, or they are the same ones twice over.
        """
        are_records = list(map(self.is_record, documents))
        lines = Lines(compress(documents, are_records))
        if not lines:
            return documents
        others = list(compress(documents, map(not_, are_records)))
        for other in others:
            if not isinstance(other, dict):
                what = "an array" if isinstance(other, list) else "a bare value"
                raise self._refuse(f"{len(lines)} records stand one a line, and beside them {what}")
            if any(self._names.documented(name) not in _OF_NAMES for name in other):
                raise self._refuse(
                    f"{len(lines)} records stand one a line, and beside them one that has no "
                    f"{TIME_FIELD}, so it belongs to no day"
                )
        half = len(lines) // 2
        if len(lines) % 2 == 0 and lines[:half] == lines[half:]:
            raise self._refuse(
                f"{half} records stand one a line, and then the same again: they may be "
                f"{len(lines)} records or an answer sent twice"
            )
        return [lines, *others]

    def _of_list(self, items: list[Any]) -> Collection | None:
        if isinstance(items, Lines):
            return Collection(LINES, items)
        if self._is_header(items[0]) and all(isinstance(item, list) for item in items):
            return Collection(TABLE, self._from_rows(items[0], items[1:]))
        timed = sum(self._time_of(item) is not None for item in items)
        if not timed:
            return None
        if timed != len(items):
            raise self._refuse(
                f"{len(items) - timed} of {len(items)} records have no {TIME_FIELD}, so they "
                "belong to no day"
            )
        return Collection(ARRAY, items)

    def _of_object(self, value: Record) -> Collection | None:
        readings = [
            found
            for found in (self._table_of(value), self._columns_of(value), self._map_of(value))
            if found is not None
        ]
        if len(readings) > 1:
            forms = " or ".join(found.form for found in readings)
            raise self._refuse(f"an object may be read in two ways: as {forms}; {_TELL}")
        return readings[0] if readings else None

    def _is_header(self, value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(value) <= _MOST_FIELDS
            and all(isinstance(name, str) for name in value)
            and any(map(self._names.is_time, value))
        )

    def _table_of(self, value: Record) -> Collection | None:
        """A list of names that has the time, and beside it a list of rows of that length."""
        headers = [key for key, inner in value.items() if self._is_header(inner)]
        places = [
            key
            for key, inner in value.items()
            if key not in headers
            and isinstance(inner, list)
            and all(isinstance(row, list) for row in inner)
        ]
        if not headers or not places:
            return None
        full = [key for key in places if value[key]]
        fitting = [k for k in full if all(len(r) == len(value[headers[0]]) for r in value[k])]
        at = fitting if len(full) > 1 else full
        if len(headers) > 1 or len(at) > 1 or (full and not at):
            keys = " and ".join(map(mask_name, headers if len(headers) > 1 else at or full))
            raise self._refuse(
                f"a header and rows may be read in two ways: names or rows stand under {keys}; "
                f"{_TELL}"
            )
        used = {headers[0], *at}
        rest = {key: inner for key, inner in value.items() if key not in used}
        rows = value[at[0]] if at else []
        return Collection(TABLE, self._from_rows(value[headers[0]], rows), rest)

    def _from_rows(self, header: list[str], rows: list[list[Any]]) -> Sequence[Record]:
        self._check_header(header)
        lengths = list(map(len, rows))
        wrong = len(rows) - lengths.count(len(header))
        if wrong:
            raise self._refuse(
                f"{wrong} of {len(rows)} rows have more or fewer values than the header's "
                f"{len(header)} names"
            )
        return ColumnRecords(header, list(zip(*rows, strict=True)) or [()] * len(header))

    def _check_header(self, header: list[str]) -> None:
        if len(set(header)) != len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise self._refuse(f"the header names the field {mask_name(twice)} twice")

    def _columns_of(self, value: Record) -> Collection | None:
        """A list of times under the time's name, and beside it lists of the same length."""
        times = [
            key
            for key, inner in value.items()
            if isinstance(inner, list) and self._names.is_time(key)
        ]
        if not times:
            return None
        length = len(value[times[0]])
        columns = {key: v for key, v in value.items() if self._is_column(key, v, length)}
        for key, inner in columns.items():
            if not isinstance(inner, list) or len(inner) != length:
                held = f"{len(inner)} values" if isinstance(inner, list) else "no list"
                raise self._refuse(
                    f"of the lists that are one a column, {mask_name(times[0])} has {length} "
                    f"values and {mask_name(key)} has {held}"
                )
        rest = {key: inner for key, inner in value.items() if key not in columns}
        return Collection(COLUMNS, ColumnRecords(list(columns), list(columns.values())), rest)

    def _is_column(self, key: str, value: Any, length: int) -> bool:
        """Whether a member belongs to the columns; one that does and does not fit is an error."""
        if self._names.documented(key) is not None:
            return True
        if not isinstance(value, list) or (length and not value):
            return False
        return not value or not all(map(_is_geo_name, value))

    def _map_of(self, value: Record) -> Collection | None:
        """A map: under each key that is an id an MDR, or another map."""
        alike = self._of_alike(value)
        if alike is not None:
            return alike
        entries = {key: inner for key, inner in value.items() if self._is_entry(key, inner, 1)}
        if not entries:
            return None
        rest = {key: inner for key, inner in value.items() if key not in entries}
        if any(self.is_record(v) or may_be_entry(key, v) for key, v in rest.items()):
            raise self._refuse(
                f"beside the {len(entries)} records of a map by id stand entries that are no MDR "
                f"with an id and a {TIME_FIELD}"
            )
        return Collection(MAP, self.with_keys(entries), rest)

    def _of_alike(self, value: Record) -> Collection | None:
        """The same for a large map of nothing but MDRs with the same fields, a lot faster."""
        first = next(iter(value.values()), None)
        if not self.is_record(first) or not all(map(_DIGIT.search, value)):
            return None
        found = alike_columns(list(value.values()))
        time = self._time_of(first)
        if found is None or time is None or list in set(map(type, found[time])):
            return None
        if not _are_places(value):
            found[MAP_KEY] = list(value)
        return Collection(MAP, ColumnRecords(list(found), list(found.values())), {})

    def with_keys(self, entries: Record) -> list[Record]:
        """The records of a map, each with its key under `MAP_KEY`."""
        if not all(map(self.is_record, entries.values())):
            self._mark(entries.items(), ())
        elif not _are_places(entries):
            for key, record in entries.items():
                record[MAP_KEY] = key
        return list(self._in_map(entries))

    def _mark(self, entries: Iterable[tuple[str, Record]], path: tuple[str, ...]) -> None:
        """Put under `MAP_KEY` of each record its keys from the outer map inwards."""
        for key, inner in entries:
            if self.is_record(inner):
                inner[MAP_KEY] = [*path, key]
            else:
                self._mark(inner.items(), (*path, key))

    def _in_map(self, entries: Record) -> Iterator[Record]:
        for inner in entries.values():
            if self.is_record(inner):
                yield inner
            else:
                yield from self._in_map(inner)

    def _is_entry(self, key: str, value: Any, depth: int) -> bool:
        """Whether a member of an object is an entry of a map of records."""
        if self.is_record(value):
            return _is_id(key, value)
        if not isinstance(value, dict) or not value or depth >= _DEEPEST_MAP:
            return False
        return _has_digit(key) and all(
            self._is_entry(inner_key, inner, depth + 1) for inner_key, inner in value.items()
        )

    def _refuse(self, what: str) -> AnswerNotUnderstoodError:
        return AnswerNotUnderstoodError(f"{self._asked}: {what}")


def check_collections(collections: list[Collection], asked: str) -> None:
    """Refuse records that stand in several collections, unless it is sure that none stands twice.

    Raises:
        AnswerNotUnderstoodError: the collections differ in form, or share a record.
    """
    forms = list(dict.fromkeys(found.form for found in collections if found.records))
    if len(forms) > 1:
        raise AnswerNotUnderstoodError(
            f"{asked}: the answer may be read in two ways: records stand as {forms[0]} and as "
            f"{forms[1]}; {_TELL}"
        )
    filled = [found.records for found in collections if found.records]
    if len(filled) < 2:
        return
    fields = [_fields_of(records) for records in filled]
    named_in_each = set().union(*(always for _, always in fields))
    if any(named_in_each - used for used, _ in fields):
        raise AnswerNotUnderstoodError(
            f"{asked}: records stand in {len(filled)} places of the answer, and those of one have "
            f"fields that those of another lack: which of them are the answer is not known; {_TELL}"
        )
    seen: set[str] = set()
    for records in filled:
        texts = {json_text(_without_key(record)) for record in records}
        if texts & seen:
            raise AnswerNotUnderstoodError(
                f"{asked}: {len(texts & seen)} records stand in two places of the answer with all "
                f"their fields, so it may have been sent twice; {_TELL}"
            )
        seen |= texts


def _fields_of(records: Iterable[Record]) -> tuple[set[str], set[str]]:
    """The fields that some of the records have, and those that all of them have."""
    used: set[str] = set().union(*records)
    return used, used.intersection(*records)


def _without_key(record: Record) -> Record:
    """A record without the key under which it stood: another key makes it no other record."""
    return {name: value for name, value in record.items() if name is not MAP_KEY}


def _are_places(keys: Iterable[str]) -> bool:
    """Whether it is PHP's list that has lost its form: its keys are places, no ids."""
    return all(key == str(place) for place, key in enumerate(keys))


def _has_digit(key: str) -> bool:
    return _DIGIT.search(key) is not None


def may_be_entry(key: str, value: Any) -> bool:
    """Whether what stands beside records of a map may have been meant as one."""
    if _NETWORK.fullmatch(key) and isinstance(value, str):
        return False
    if isinstance(value, dict | list) and value:
        names = value if isinstance(value, dict) else []
        return _has_digit(key) and not all(_NETWORK.fullmatch(name) for name in names)
    return key.isdigit() or (value is None and _has_digit(key))


def _is_id(key: str, record: Record) -> bool:
    """Whether a key may be a record's id: `last` and `data` are none, unless the record has it."""
    return _has_digit(key) or any(isinstance(v, str) and v == key for v in record.values())


def _is_geo_name(value: Any) -> bool:
    """Whether an item of a list says the name of a network."""
    if isinstance(value, dict):
        if any(_NETWORK.fullmatch(key) for key in value):
            return True
        inner = list(value.values())
    else:
        inner = value if isinstance(value, list) else []
    codes = [v for v in inner if not isinstance(v, bool) and _NETWORK.fullmatch(str(v))]
    return len(codes) == 1 and any(isinstance(v, str) and not v.isdigit() for v in inner)
