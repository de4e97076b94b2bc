"""How an answer is read, or why it is not: the form found, and each part that was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from miatel.answers import Answer
from miatel.errors import MiatelError
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.envelope import find_collections
from miatel.parsing.exact_json import load_exactly
from miatel.parsing.field_names import FieldNames
from miatel.parsing.header_checks import check_headers
from miatel.parsing.reader import read_answer
from miatel.parsing.records import Records
from miatel.parsing.statements import begins_statement
from miatel.redaction.masking import mask_name
from miatel.schema import MDR_FIELDS

_MOST_CANDIDATES = 12
_DEEPEST = 5
_RESEMBLES_RECORD = 2


@dataclass(frozen=True)
class Candidate:
    """A part of an answer in which records could stand, and why they are not read there.

    Attributes:
        pointer: JSON Pointer to it; of the document with that number where there are several.
        what: its kind and size.
        why: what keeps it from being read; empty where it is read.
    """

    pointer: str
    what: str
    why: str


@dataclass
class Reading:
    """The result of reading one answer.

    Attributes:
        records: the records as they would be landed; None where it cannot be read.
        error: why not.
        form: of the records in the answer, in words.
        raw: the records as parsed, with their own names; empty where they cannot be found.
        candidates: where records could stand, if it cannot be read.
    """

    records: Records | None = None
    error: MiatelError | None = None
    form: str = ""
    raw: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


def read_closely(answer: Answer, form: AnswerForm) -> Reading:
    """Read an answer as an extraction does, and say how.

    Args:
        answer: a complete body.
        form: what the account's owner says of the form of its answers.
    """
    asked, reading = f"asked for {answer.window}", Reading()
    try:
        reading.records = read_answer(answer.body, asked, form, answer.window)
        times = reading.records.table[TIME_FIELD]
        check_headers(answer.headers, times, asked, form.not_counts)
    except MiatelError as error:
        reading.records, reading.error = None, error
    try:
        documents = load_exactly(answer.body, asked)
    except MiatelError as error:
        reading.candidates = [Candidate("", "no JSON", str(error))]
        return reading
    try:
        collections = find_collections(documents, asked, form)
    except MiatelError:
        collections = []
    reading.raw = [record for one in collections for record in one.records]
    reading.form = _form_in_words(answer.body, documents, [one.form for one in collections])
    if reading.error is not None and not reading.raw:
        reading.candidates = list(_candidates(documents, FieldNames(form.field_names)))[
            :_MOST_CANDIDATES
        ]
    return reading


def _form_in_words(body: bytes, documents: list[Any], forms: list[str]) -> str:
    parts = [" and ".join(dict.fromkeys(forms)) or "no records"]
    if begins_statement(body):
        names = ", ".join(map(mask_name, documents[0]))
        parts.append(f"in statements of a script ({names})")
    elif len(documents) > 1 and forms != ["one record a line"]:
        parts.append(f"in {len(documents)} JSON documents")
    return ", ".join(parts)


def _candidates(documents: list[Any], names: FieldNames) -> Iterator[Candidate]:
    for number, document in enumerate(documents):
        at = f"document {number + 1} " if len(documents) > 1 else ""
        for pointer, value in walk_containers(document):
            yield Candidate(at + pointer, _what(value), _why(value, names))


def walk_containers(value: Any, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each list and object of a document with the JSON Pointer to it, outer ones first.

    Of a long list or object of alike things only the first is looked into.
    """
    if depth > _DEEPEST or not isinstance(value, (list, dict)):
        return
    yield pointer, value
    members = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    inner = [(key, item) for key, item in members if isinstance(item, (list, dict))]
    for key, item in inner[: 1 if isinstance(value, list) else _MOST_CANDIDATES]:
        step = str(key).replace("~", "~0").replace("/", "~1")
        yield from walk_containers(item, f"{pointer}/{step}", depth + 1)


def _what(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object of {len(value):,} members"
    kinds = {type(item).__name__ for item in value[:100]}
    named = {"dict": "objects", "list": "lists", "str": "texts", "NoneType": "nulls"}
    kind = named.get(kinds.pop(), "values") if len(kinds) == 1 else "values"
    return f"a list of {len(value):,} {kind}" if value else "an empty list"


def _why(value: Any, names: FieldNames) -> str:
    """Why a part of an answer is not read as a collection of records."""
    if not value:
        return "it holds nothing"
    items = list(value.values()) if isinstance(value, dict) else value
    objects = [item for item in items if isinstance(item, dict)]
    fields = value if isinstance(value, dict) and not objects else (objects or [{}])[0]
    known = sorted({names.documented(name) or "" for name in fields} - {""})
    if TIME_FIELD in known:
        return "its records have a time, but something else is wrong with them: see the reason"
    if len(known) >= _RESEMBLES_RECORD:
        return f"its fields resemble an MDR ({', '.join(known)}), but none of them is {TIME_FIELD}"
    if objects:
        return f"its objects have no field that is {TIME_FIELD}"
    if items and all(isinstance(item, list) for item in items):
        return f"its first list names no {TIME_FIELD}, so it is no header"
    return "it holds no objects and no rows"


def missing_fields(reading: Reading) -> list[str]:
    """The documented fields that no record has a value for."""
    if reading.records is None or not reading.records.table.num_rows:
        return []
    table = reading.records.table
    return [name for name in MDR_FIELDS if table[name].null_count == table.num_rows]
