"""Parsed records by column, however they came: a hundred thousand objects are expensive to make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, overload

from miatel.parsing.field_names import FieldNames

Record = dict[str, Any]


class ColumnRecords(Sequence[Record]):
    """Records that came as a table; each is made when it is looked at.

    Args:
        names: of the fields, none twice.
        columns: the values of each field, all lists of one length.
    """

    def __init__(self, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        self.names = names
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, position: int) -> Record: ...
    @overload
    def __getitem__(self, position: slice) -> list[Record]: ...
    def __getitem__(self, position: int | slice) -> Record | list[Record]:
        if isinstance(position, slice):
            return [self[number] for number in range(*position.indices(len(self)))]
        columns = zip(self.names, self.columns, strict=True)
        return {name: column[position] for name, column in columns}

    def __iter__(self) -> Iterator[Record]:
        for row in zip(*self.columns, strict=True):
            yield dict(zip(self.names, row, strict=True))


def columns_of(
    records: Sequence[Record], names: FieldNames, asked: str
) -> Mapping[str, Sequence[Any]]:
    """The values of each field under its documented name, unknown fields under their own.

    Args:
        records: with their own names.
        names: what these stand for.
        asked: what was asked, for the message.

    Returns:
        Lists of one length, None where a record lacks the field.

    Raises:
        AnswerNotUnderstoodError: two fields of one record stand for the same documented one.
    """
    if isinstance(records, ColumnRecords):
        return dict(zip(names.translate(tuple(records.names), asked), records.columns, strict=True))
    alike = alike_columns(records)
    if alike is not None:
        return dict(zip(names.translate(tuple(alike), asked), alike.values(), strict=True))
    kinds = dict.fromkeys(map(tuple, records))
    renamed = names.rename(records, asked)
    known = dict.fromkeys(chain.from_iterable(names.translate(kind, asked) for kind in kinds))
    return {name: [record.get(name) for record in renamed] for name in known}


def alike_columns(records: Sequence[Record]) -> dict[str, list[Any]] | None:
    """The values of each field of objects that all have the same fields; None for others."""
    if not records or set(map(type, records)) != {dict} or len(set(map(len, records))) > 1:
        return None
    try:
        return {name: list(map(itemgetter(name), records)) for name in records[0]}
    except KeyError:
        return None
