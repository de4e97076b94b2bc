"""Where the records of an answer stand, and what stands beside them.

The vendor does not document the body. The records may be a bare array, or an array under any key of
an object; geo names may stand under another key, as an object or a list, or in a second document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from miatel.answer_form import AS_FOUND, AnswerForm
from miatel.errors import AnswerNotUnderstoodError
from miatel.field_names import FieldNames
from miatel.limits import TIME_FIELD
from miatel.masking import mask_name
from miatel.record_forms import Collection, FormFinder, check_collections
from miatel.refusals import check_counts, check_envelope
from miatel.schema import MDR_FIELDS
from miatel.told_place import take_told

Record = dict[str, Any]
_CODE = re.compile(r"\d{4,6}")
_RESEMBLES_RECORD = 3
_NAMES_SKETCHED = 8


@dataclass
class Contents:
    """What an answer holds: its records as parsed, and geo names by MCC/MNC number.

    Attributes:
        records: as parsed, in their order.
        names: geo names by MCC/MNC number.
        names_left_out: entries among the geo names that could not be read.
    """

    records: Sequence[Record] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    names_left_out: int = 0


def open_envelope(
    documents: list[Any], asked: str, form: AnswerForm = AS_FOUND, *, read_elsewhere: int = 0
) -> Contents:
    """Find records and geo names in an answer, and refuse what is neither.

    Args:
        documents: the answer's JSON documents.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.
        read_elsewhere: records of this answer that were read from its bytes; an empty array stands
            in their place.

    Returns:
        All records of all record arrays in their order, and the geo names. Zero records only for a
        well-formed answer that holds an empty array and no sign of an error.

    Raises:
        MiatelError: the answer is an error object (see `refusals`).
        AnswerNotUnderstoodError: it holds no record array, or records that are not MDRs.
    """
    found = _Finder(asked, FieldNames(form.field_names))
    documents = found.forms.gather_lines(documents)
    if form.records_at is not None:
        documents = found.take_told(documents, form.records_at)
    outside = [found.take_out(document) for document in documents]
    if form.records_at is not None:
        found.keep_to_told()
    count = len(found.contents.records) + read_elsewhere
    check_envelope(outside, count, asked)
    check_collections(found.collections, asked)
    if count == 0:
        if not found.saw_empty_array or found.strange:
            where = "" if form.records_at is None else f" at records_at {form.records_at!r}"
            raise AnswerNotUnderstoodError(
                f"{asked}: the answer holds no MDR and no empty record array{where}; "
                f"{_sketch(documents)}"
            )
        check_counts(outside, asked)
    return found.contents


class _Finder:
    """Walks the documents once, collecting records and names; leaves the rest as the envelope."""

    def __init__(self, asked: str, names: FieldNames) -> None:
        self.asked = asked
        self.contents = Contents()
        self.saw_empty_array = False
        self.strange = False
        self.forms = FormFinder(names, asked)
        self.collections: list[Collection] = []

    def take_told(self, documents: list[Any], pointer: str) -> list[Any]:
        """The documents without the records at a JSON Pointer, and without all other records."""
        found, left = take_told(documents, pointer, self.forms)
        if found is not None:
            self._add(found)
        return left

    def keep_to_told(self) -> None:
        """Empty arrays elsewhere prove nothing where the place of the records was told."""
        self.saw_empty_array = any(not found.records for found in self.collections)
        self.strange = False

    def _add(self, found: Collection) -> None:
        self.collections.append(found)
        before = self.contents.records
        self.contents.records = [*before, *found.records] if before else found.records
        self.saw_empty_array |= not found.records

    def take_out(self, value: Any) -> Any:
        """The value without its records and geo names."""
        found = self.forms.collection_of(value)
        if found is not None:
            self._add(found)
            return self.take_out(found.rest)
        if isinstance(value, list):
            return self._take_out_of_list(value)
        if isinstance(value, dict):
            names = _names_of_object(value)
            self.contents.names.update(names)
            if names and len(names) == len(value):
                return None
            if self.forms.is_record(value):
                raise AnswerNotUnderstoodError(
                    f"{self.asked}: an MDR stands outside of any array; {_sketch([value])}"
                )
            return {key: self.take_out(inner) for key, inner in value.items()}
        return value

    def _take_out_of_list(self, items: list[Any]) -> Any:
        if not items:
            self.saw_empty_array = True
            return None
        names = _names_of_list(items)
        if names:
            self.contents.names.update(names)
            return None
        if any(isinstance(item, dict) and _resembles_record(item) for item in items):
            raise AnswerNotUnderstoodError(
                f"{self.asked}: {len(items)} records have no {TIME_FIELD}, so they belong to no day"
            )
        self.strange = True
        return [self.take_out(item) for item in items]


def _resembles_record(item: Record) -> bool:
    return len(MDR_FIELDS.keys() & item.keys()) >= _RESEMBLES_RECORD


def _names_of_object(value: Record) -> dict[int, str]:
    return {
        int(key): name
        for key, name in value.items()
        if _CODE.fullmatch(key) and isinstance(name, str)
    }


def _names_of_list(items: list[Any]) -> dict[int, str]:
    names: dict[int, str] = {}
    for item in items:
        pair = _name_pair(item)
        if not pair:
            return {}
        names.update(pair)
    return names


def _name_pair(item: Any) -> dict[int, str]:
    """One geo name: {"525001": "…"}, or an object or pair with one number and one name."""
    if isinstance(item, dict):
        direct = _names_of_object(item)
        if direct:
            return direct
        values = list(item.values())
        if {"mcc", "mnc"} <= item.keys():
            values = [f"{item['mcc']}{item['mnc']!s:0>3}", *values]
    else:
        values = item if isinstance(item, list) else []
    codes = [int(v) for v in values if _CODE.fullmatch(str(v)) and not isinstance(v, bool)]
    texts = [v for v in values if isinstance(v, str) and not v.isdigit()]
    return {codes[0]: texts[0]} if len(codes) == 1 and len(texts) >= 1 else {}


def _sketch(documents: list[Any]) -> str:
    """The form of an answer without its values: they may be personal."""
    parts = []
    for document in documents:
        if isinstance(document, dict):
            names = ", ".join(map(mask_name, list(document)[:_NAMES_SKETCHED]))
            parts.append("an object with " + (names or "no key"))
        elif isinstance(document, list):
            parts.append(f"an array of {len(document)} {type(document[0]).__name__}")
        else:
            parts.append(f"a bare {type(document).__name__}")
    return "it is " + " and ".join(parts[:_NAMES_SKETCHED])
