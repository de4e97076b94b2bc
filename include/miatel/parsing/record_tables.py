"""Records that came as a table: a header and rows, or one list a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_collections import COLUMNS, SAY_WHERE, TABLE, Collection, Record
from miatel.parsing.record_sequences import ColumnRecords
from miatel.redaction.masking import mask_name

_MOST_FIELDS = 500
_NETWORK = re.compile(r"\d{4,6}")


class TableFinder:
    """Recognises tables of records.

    Args:
        names: what the names of fields stand for.
        asked: what was asked, for the messages.
    """

    def __init__(self, names: FieldNames, asked: str) -> None:
        self._names = names
        self._asked = asked

    def is_header(self, value: Any) -> bool:
        """Whether a value is a list of names, one of them the time's."""
        return (
            isinstance(value, list)
            and len(value) <= _MOST_FIELDS
            and all(isinstance(name, str) for name in value)
            and any(map(self._names.is_time, value))
        )

    def table_of(self, value: Record) -> Collection | None:
        """A list of names that has the time, and beside it a list of rows of that length."""
        headers = [key for key, inner in value.items() if self.is_header(inner)]
        positions = [
            key
            for key, inner in value.items()
            if key not in headers
            and isinstance(inner, list)
            and all(isinstance(row, list) for row in inner)
        ]
        if not headers or not positions:
            return None
        full = [key for key in positions if value[key]]
        fitting = [k for k in full if all(len(r) == len(value[headers[0]]) for r in value[k])]
        at = fitting if len(full) > 1 else full
        if len(headers) > 1 or len(at) > 1 or (full and not at):
            keys = " and ".join(map(mask_name, headers if len(headers) > 1 else at or full))
            raise self._refuse(
                f"a header and rows may be read in two ways: names or rows stand under {keys}; "
                f"{SAY_WHERE}"
            )
        used = {headers[0], *at}
        rest = {key: inner for key, inner in value.items() if key not in used}
        rows = value[at[0]] if at else []
        return Collection(TABLE, self.from_rows(value[headers[0]], rows), rest)

    def from_rows(self, header: list[str], rows: list[list[Any]]) -> Sequence[Record]:
        """The records of a header and rows.

        Raises:
            AnswerNotUnderstoodError: a name stands twice, or a row has another length.
        """
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

    def columns_of(self, value: Record) -> Collection | None:
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

    def _refuse(self, what: str) -> AnswerNotUnderstoodError:
        return AnswerNotUnderstoodError(f"{self._asked}: {what}")


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
