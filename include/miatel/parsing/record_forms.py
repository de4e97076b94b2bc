"""Collections of records in every form that a big answer is likely to have.

Beside an array of records these are: a map of records by id, a header and rows, one list a column,
one record a line. A form is recognised by what stands where, never by the name of a key; where two
readings are possible, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import not_
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_collections import (
    ARRAY,
    LINES,
    MAP,
    SAY_WHERE,
    TABLE,
    Collection,
    Lines,
    Record,
)
from miatel.parsing.record_ids import MAP_KEY
from miatel.parsing.record_sequences import ColumnRecords, alike_columns
from miatel.parsing.record_tables import TableFinder

_DEEPEST_MAP = 32
_DIGIT = re.compile(r"\d")
_NETWORK = re.compile(r"\d{4,6}")
_OF_NAMES = (None, "sms_hub_mccmnc_id", "sms_hub_mccmnc_name")  # a geo name's fields, or none


class FormFinder:
    """Recognises collections of records.

    Args:
        names: what the names of fields stand for.
        asked: what was asked, for the messages.
    """

    def __init__(self, names: FieldNames, asked: str) -> None:
        self._names = names
        self._asked = asked
        self._tables = TableFinder(names, asked)
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
        if self._tables.is_header(items[0]):
            wrong = sum(not isinstance(item, list) for item in items)
            if wrong:
                raise self._refuse(f"{wrong} of the {len(items) - 1} rows of a header are no lists")
            return Collection(TABLE, self._tables.from_rows(items[0], items[1:]))
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
            for found in (
                self._tables.table_of(value),
                self._tables.columns_of(value),
                self._map_of(value),
            )
            if found is not None
        ]
        if len(readings) > 1:
            forms = " or ".join(found.form for found in readings)
            raise self._refuse(f"an object may be read in two ways: as {forms}; {SAY_WHERE}")
        return readings[0] if readings else None

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


def _are_places(keys: Iterable[str]) -> bool:
    """Whether it is PHP's list that has lost its form: its keys are positions, no ids."""
    return all(key == str(position) for position, key in enumerate(keys))


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
