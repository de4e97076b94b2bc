"""Records where the account's owner says that they stand: at a JSON Pointer (RFC 6901)."""

from __future__ import annotations

from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.parsing.record_collections import ARRAY, MAP, Collection
from miatel.parsing.record_forms import FormFinder

_NOT_THERE = object()


def find_records_at(
    documents: list[Any], pointer: str, forms: FormFinder
) -> tuple[bool, Collection | None, list[Any]]:
    """The records at a place, and the answer without any records.

    Args:
        documents: the answer's JSON documents.
        pointer: to the records, in the first document that has such a place.
        forms: what recognises them.

    Returns:
        Whether anything stands at the place; its records, None where it is no collection; and the
        documents without that place and without whatever resembles records elsewhere, since the
        owner says that these are none.
    """
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    found = None
    is_there = False
    left = []
    for document in documents:
        value = _NOT_THERE if is_there else _at(document, steps)
        if value is not _NOT_THERE:
            is_there = True
            found = _collection_at(value, forms)
            left.append(_NOT_THERE if found is None else _strip(found.rest, forms))
            left.append(_strip(_without(document, steps), forms))
        else:
            left.append(_strip(document, forms))
    return is_there, found, [document for document in left if document is not _NOT_THERE]


def _collection_at(value: Any, forms: FormFinder) -> Collection | None:
    """Where the owner says so, a single record is one and the keys of a map may be any."""
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
        return _NOT_THERE
    if isinstance(value, dict):
        inner = {k: _without(v, steps[1:]) if k == steps[0] else v for k, v in value.items()}
        return {k: v for k, v in inner.items() if v is not _NOT_THERE}
    at = int(steps[0])
    items = [_without(v, steps[1:]) if n == at else v for n, v in enumerate(value)]
    return [v for v in items if v is not _NOT_THERE]


def _strip(value: Any, forms: FormFinder) -> Any:
    """A part of an answer without what resembles records; `_NOT_THERE` where it is some itself."""
    if value is None or value is _NOT_THERE or forms.is_record(value):
        return value if value is None else _NOT_THERE
    try:
        found = forms.collection_of(value)
    except AnswerNotUnderstoodError:  # of what the owner says is none
        return _NOT_THERE
    if found is not None:
        return _NOT_THERE if found.rest is None else _strip(found.rest, forms)
    if isinstance(value, dict):
        inner = {key: _strip(v, forms) for key, v in value.items()}
        return {key: v for key, v in inner.items() if v is not _NOT_THERE}
    if isinstance(value, list) and value:
        return [v for v in (_strip(v, forms) for v in value) if v is not _NOT_THERE]
    return value
