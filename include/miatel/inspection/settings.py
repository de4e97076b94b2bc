"""The lines of the connection's extra that an answer needs to be read, found by trying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from miatel.answers import Answer
from miatel.errors import AnswerNotUnderstoodError, MiatelError
from miatel.inspection.reading import Reading, read_closely, walk_containers
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.exact_json import load_exactly
from miatel.parsing.exact_values import fit
from miatel.parsing.field_names import FieldNames
from miatel.parsing.unix_times import with_iso_times
from miatel.redaction.masking import mask_text
from miatel.schema import MDR_FIELDS
from miatel.windows import Window

_LARGEST_BODY = 4 << 20  # bytes; trying reads all of it again and again
_MOST_TRIES = 40
_DEEPEST = 3
_LONGEST_EMPTY = 200
_NUMBER = re.compile(r"\d{5}")  # a pointer with such a step may name a person
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


def find_settings(answer: Answer, form: AnswerForm) -> AnswerForm | None:
    """Settings with which an answer can be read that cannot be read without them.

    Args:
        answer: a complete body.
        form: the settings so far.

    Returns:
        None where none helps, or the body is too long for trying.
    """
    if len(answer.body) > _LARGEST_BODY:
        return None
    tries = [form]
    level = [form]
    for _ in range(_DEEPEST):
        following: list[AnswerForm] = []
        for known in level:
            for candidate in _candidates(answer, known, read_closely(answer, known)):
                if candidate in tries or len(tries) > _MOST_TRIES:
                    continue
                tries.append(candidate)
                if read_closely(answer, candidate).error is None:
                    return candidate
                following.append(candidate)
        level = following
    return None


def as_extra(form: AnswerForm) -> dict[str, Any]:
    """The settings of a form as the connection's extra holds them."""
    extra: dict[str, Any] = {}
    if form.field_names:
        extra["field_names"] = dict(form.field_names)
    if form.records_at is not None:
        extra["records_at"] = form.records_at
    if form.no_traffic:
        extra["no_traffic"] = list(form.no_traffic)
    if form.not_counts:
        extra["not_counts"] = sorted(form.not_counts)
    return extra


def guess_names(reading: Reading, form: AnswerForm) -> dict[str, str]:
    """Unknown fields that may be documented ones which no record has, by their names and values.

    Args:
        reading: of an answer with records.
        form: the settings so far.

    Returns:
        Name in the answer → documented name. A guess: a person has to confirm it.
    """
    if not reading.raw:
        return {}
    names = FieldNames(form.field_names)
    sample = reading.raw[:200]
    present = {names.documented(name) for record in sample for name in record}
    missing = [name for name in MDR_FIELDS if name not in present]
    unknown = {n: None for record in sample for n in record if names.documented(n) is None}
    guessed: dict[str, str] = {}
    for own in unknown:
        values = [record[own] for record in sample if record.get(own) not in (None, "")]
        found = _guess(own, values, [name for name in missing if name not in guessed.values()])
        if found is not None:
            guessed[own] = found
    return guessed


def _guess(own: str, values: list[Any], missing: list[str]) -> str | None:
    if "message_id" in missing and values and all(_UUID.fullmatch(str(v)) for v in values):
        return "message_id"
    plain = {re.sub(r"[\W_]", "", name.removeprefix("sms_hub_")): name for name in missing}
    close = get_close_matches(re.sub(r"[\W_]", "", own).lower(), plain, n=1, cutoff=0.7)
    if not close:
        return None
    name = plain[close[0]]
    return name if values and all(fit(name, value)[1] is None for value in values) else None


def _candidates(answer: Answer, form: AnswerForm, reading: Reading) -> Iterator[AnswerForm]:
    """Settings that may mend what is wrong, the likeliest first."""
    error = reading.error
    name = getattr(error, "name", None)
    if isinstance(name, str) and name:
        yield replace(form, not_counts=form.not_counts | {name})
    try:
        documents = load_exactly(answer.body, "")
    except MiatelError:
        return
    may_be_empty = isinstance(error, AnswerNotUnderstoodError) and not reading.raw
    if len(documents) == 1 and form.records_at is None and may_be_empty:
        yield from _empty_forms(answer, form, documents[0])
    for records in _record_lists(documents):
        for own in _names_of_times(records, answer.window):
            if own not in form.field_names:
                yield replace(form, field_names={**form.field_names, own: TIME_FIELD})
    if len(documents) == 1 and form.records_at is None:
        for pointer, value in walk_containers(documents[0]):
            if pointer and value and not _NUMBER.search(pointer):
                yield replace(form, records_at=pointer)


def _empty_forms(answer: Answer, form: AnswerForm, document: Any) -> Iterator[AnswerForm]:
    """A short answer may be the account's way to say that there was no traffic.

    Not one with words or numbers that may be somebody's: what is proposed is shown, and saved.
    """
    text = answer.body.decode("utf-8", "replace")
    is_list_somewhere = any(isinstance(v, list) and v for _, v in walk_containers(document))
    if len(answer.body) > _LONGEST_EMPTY or is_list_somewhere or mask_text(text) != text:
        return
    yield replace(form, no_traffic=(*form.no_traffic, document))


def _record_lists(documents: list[Any]) -> Iterator[list[dict[str, Any]]]:
    """Lists of objects anywhere in the answer, and objects of objects."""
    for document in documents:
        for _, value in walk_containers(document):
            items = list(value.values()) if isinstance(value, dict) else value
            objects = [item for item in items if isinstance(item, dict)]
            if objects and len(objects) == len(items):
                yield objects


def _names_of_times(records: list[dict[str, Any]], window: Window) -> Iterator[str]:
    """Fields whose values are all times within the window."""
    for own in records[0]:
        values = [record.get(own) for record in records]
        try:
            read = with_iso_times({TIME_FIELD: values}, window, "")
        except AnswerNotUnderstoodError:
            continue
        times = [fit(TIME_FIELD, value)[0] for value in read[TIME_FIELD]]
        if all(time is not None and window.start <= time < window.end for time in times):
            yield own
