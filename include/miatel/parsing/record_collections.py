"""Collections of records found in an answer, and whether several of them can all be the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.json_text import json_text
from miatel.parsing.record_ids import MAP_KEY

Record = dict[str, Any]
ARRAY, MAP, TABLE = "an array of records", "a map of records by id", "a header and rows"
COLUMNS, LINES = "one list a column", "one record a line"
SAY_WHERE = "say by `records_at` in the connection's extra where the records stand"


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


def check_collections(collections: list[Collection], asked: str) -> None:
    """Refuse records that stand in several collections, unless it is sure that none stands twice.

    Raises:
        AnswerNotUnderstoodError: the collections differ in form, or share a record.
    """
    forms = list(dict.fromkeys(found.form for found in collections if found.records))
    if len(forms) > 1:
        raise AnswerNotUnderstoodError(
            f"{asked}: the answer may be read in two ways: records stand as {forms[0]} and as "
            f"{forms[1]}; {SAY_WHERE}"
        )
    filled = [found.records for found in collections if found.records]
    if len(filled) < 2:
        return
    fields = [_fields_of(records) for records in filled]
    named_in_each = set().union(*(always for _, always in fields))
    if any(named_in_each - used for used, _ in fields):
        raise AnswerNotUnderstoodError(
            f"{asked}: records stand in {len(filled)} places of the answer, and those of one have "
            f"fields that those of another lack: which of them are the answer is not known; "
            f"{SAY_WHERE}"
        )
    seen: set[str] = set()
    for records in filled:
        texts = {json_text(_without_key(record)) for record in records}
        if texts & seen:
            raise AnswerNotUnderstoodError(
                f"{asked}: {len(texts & seen)} records stand in two places of the answer with all "
                f"their fields, so it may have been sent twice; {SAY_WHERE}"
            )
        seen |= texts


def _fields_of(records: Iterable[Record]) -> tuple[set[str], set[str]]:
    """The fields that some of the records have, and those that all of them have."""
    used: set[str] = set().union(*records)
    return used, used.intersection(*records)


def _without_key(record: Record) -> Record:
    """A record without the key under which it stood: another key makes it no other record."""
    return {name: value for name, value in record.items() if name is not MAP_KEY}
