"""Records where the account's owner says that they stand: at a JSON Pointer (RFC 6901)."""

from __future__ import annotations

from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.record_forms import ARRAY, MAP, Collection, FormFinder

_NOT_THERE = object()


def take_told(
    documents: list[Any], pointer: str, forms: FormFinder
) -> tuple[Collection | None, list[Any]]:
    """The records at a place, and the answer without any records.

    Args:
        documents: the answer's JSON documents.
        pointer: to the records, in the first document that has such a place.
        forms: what recognises them.

    Returns:
        None where nothing stands at the place, or nothing that is records; and the documents
        without that place and without whatever resembles records elsewhere, since the owner says
        that these are none.
    """
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    found = None
    left = []
    for document in documents:
        value = _at(document, steps) if found is None else _NOT_THERE
        if value is not _NOT_THERE:
            found = _told_collection(value, forms)
            document = _without(document, steps)
            rest = None if found is None else found.rest
            left.append(_strip(rest, forms))
        left.append(_strip(document, forms))
    return found, left


def _told_collection(value: Any, forms: FormFinder) -> Collection | None:
    """As told, a single record is one and the keys of a map may be any."""
    if value == []:
        return Collection(ARRAY, [])
    if forms.is_record(value):
        return Collection(ARRAY, [value])
    if isinstance(value, dict) and value and all(map(forms.is_record, value.values())):
        return Collection(MAP, forms.with_keys(value))
    return forms.collection_of(value)


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _NOT_THERE
    return value


def _without(value: Any, steps: list[str]) -> Any:
    if not steps:
        return None
    if isinstance(value, dict):
        return {k: _without(v, steps[1:]) if k == steps[0] else v for k, v in value.items()}
    return [_without(v, steps[1:]) if n == int(steps[0]) else v for n, v in enumerate(value)]


def _strip(value: Any, forms: FormFinder) -> Any:
    """A part of an answer without what resembles records."""
    if forms.is_record(value):
        return None
    try:
        found = forms.collection_of(value)
    except AnswerNotUnderstoodError:  # of what the owner says is none
        return None
    if found is not None:
        return _strip(found.rest, forms)
    if isinstance(value, dict):
        return {key: _strip(inner, forms) for key, inner in value.items()}
    return [_strip(inner, forms) for inner in value] if isinstance(value, list) else value
