"""Where the records of an answer stand, and what stands beside them.

The vendor does not document the body. The records may be a bare array, or an array under any key of
an object; geo names may stand under another key, as an object or a list, or in a second document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.completeness import find_more, incomplete, shown_name
from miatel.parsing.error_objects import check_envelope
from miatel.parsing.exact_values import fit
from miatel.parsing.field_names import FieldNames
from miatel.parsing.field_words import Path, is_of_errors, members, whole_number_of
from miatel.parsing.geo_names import GeoNames, is_code, names_of_list, names_of_object
from miatel.parsing.no_traffic import HOW_TO_CONFIRM, names_columns, objection
from miatel.parsing.record_collections import Collection, check_collections
from miatel.parsing.record_forms import FormFinder
from miatel.parsing.records_at import find_records_at
from miatel.redaction.masking import mask_name
from miatel.unix_time import from_unix

Record = dict[str, Any]
_RESEMBLES_RECORD = 3
_LATEST_SECONDS = 4 * 10**9  # the year 2096; a larger number is in milliseconds
_NAMES_SKETCHED = 8
_REMOVED = object()  # stands for what was removed, until it is left out


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
    documents: list[Any],
    asked: str,
    form: AnswerForm = AS_FOUND,
    *,
    times_elsewhere: Sequence[Any] = (),
) -> Contents:
    """Find records and geo names in an answer; refuse one that is none, or says it is not all.

    Args:
        documents: the answer's JSON documents.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.
        times_elsewhere: the times of those records of this answer that were read from its bytes; an
            empty array stands in their place.

    Returns:
        All records of all record arrays in their order, and the geo names. Zero records only for a
        well-formed answer that holds an empty array where records would stand, and nothing that
        speaks against it.

    Raises:
        MiatelError: the answer is an error object (see `refusals`).
        IncompleteAnswerError: a count, a flag or a link says that there is more.
        AnswerNotUnderstoodError: it holds no record array, or records that are not MDRs, or it may
            or may not mean "no traffic".
    """
    found = _Finder(asked, form)
    outside = found.separate(documents)
    contents = found.contents
    held = len(contents.records) + len(times_elsewhere)
    check_envelope(outside, held, asked, form.not_counts)
    if found.missing_at is not None:
        raise AnswerNotUnderstoodError(f"{asked}: {found.missing_at}; {_sketch(documents)}")
    scalars = [pair for document in outside for pair in members(document)]
    more = find_more(scalars, held, form.not_counts)
    if more is not None and (held or more.count is None):
        raise incomplete(more, held, asked, [*times_elsewhere, *found.times()])
    if held == 0:
        reason = f"{shown_name(more.name)} {more.says}" if more else found.objection(scalars)
        if reason is not None:
            raise AnswerNotUnderstoodError(
                f"{asked}: the answer holds no MDR, and it is not known to mean 'no traffic': "
                f"{reason}; {_sketch(documents)}. {HOW_TO_CONFIRM}"
            )
    return contents


def find_collections(documents: list[Any], asked: str, form: AnswerForm) -> list[Collection]:
    """The collections of records of an answer, in their forms; nothing is said of what is beside.

    Args:
        documents: the answer's JSON documents.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.

    Raises:
        AnswerNotUnderstoodError: there is one that is not whole, or may be read in two ways.
    """
    finder = _Finder(asked, form)
    finder.separate(documents)
    return finder.collections


class _Finder:
    """Walks the documents once, collecting records and names; leaves the rest as the envelope."""

    def __init__(self, asked: str, form: AnswerForm) -> None:
        self.asked = asked
        self.contents = Contents()
        self.missing_at: str | None = None
        self._form = form
        self._names = FieldNames(form.field_names)
        self._forms = FormFinder(self._names, asked)
        self.collections: list[Collection] = []
        self._empty_arrays: list[Path] = []
        self._empty_objects: list[Path] = []
        self._strange = False

    def separate(self, documents: list[Any]) -> list[Any]:
        """The documents without their records and geo names."""
        rest = self._forms.gather_lines(documents)
        if self._form.records_at is not None:
            rest = self._find_records_at(self._form.records_at, rest)
        outside, only_names = [], True
        for document in rest:
            left_before = len(self._empty_arrays)
            left = self._strip(document, ())
            if not only_names:  # a bare empty array after the first document may be of geo names
                new = self._empty_arrays[left_before:]
                self._empty_arrays[left_before:] = [path for path in new if path]
            only_names = only_names and left in (_REMOVED, {}) and bool(self.contents.names)
            if left is not _REMOVED:
                outside.append(left)
        check_collections(self.collections, self.asked)
        parts = [found.records for found in self.collections if found.records]
        self.contents.records = parts[0] if len(parts) == 1 else [r for part in parts for r in part]
        return outside

    def times(self) -> list[datetime]:
        """The times of the records, as far as they are known without the window asked for."""
        found = []
        for record in self.contents.records:
            name = next((n for n in record if self._names.documented(n) == TIME_FIELD), "")
            found.append(_time_of(record.get(name)))
        return [time for time in found if time is not None]

    def objection(self, scalars: list[tuple[Path, Any]]) -> str | None:
        """Why the answer, which holds no record, is not known to mean "no traffic"."""
        is_configured = self._form.records_at is not None
        if self._strange and not is_configured:
            return "an array in it holds something that is neither an MDR nor a geo name"
        empty_arrays = [] if is_configured else self._empty_arrays
        if any(not found.records for found in self.collections):
            empty_arrays = [(), *empty_arrays]  # a header without rows, or the owner says so
        return objection(empty_arrays, scalars, self._empty_objects, self._form.not_counts)

    def _find_records_at(self, pointer: str, documents: list[Any]) -> list[Any]:
        """The documents without the records, which stand where the owner says and there alone."""
        is_there, found, left = find_records_at(documents, pointer, self._forms)
        if found is not None:
            self.collections.append(found)
        elif is_there:
            self.missing_at = (
                f"what stands at records_at {pointer!r} holds no MDR and is no empty array"
            )
        else:
            self.missing_at = f"nothing stands at records_at {pointer!r}"
        return left

    def _strip(self, value: Any, path: Path, *, in_array: bool = False) -> Any:
        """The value without its records and geo names."""
        found = self._forms.collection_of(value)
        if found is not None:
            self.collections.append(found)
            return _REMOVED if not found.rest else self._strip(found.rest, path)
        if isinstance(value, list):
            return self._strip_list(value, path, in_array=in_array)
        if not isinstance(value, dict):
            return value
        if not value:
            self._empty_objects.append(path)
        names = None if is_of_errors(path) else names_of_object(value)
        if names is not None:
            self._learn(names)
            value = {key: inner for key, inner in value.items() if not is_code(key)}
            if not value:
                return _REMOVED
        if self._forms.is_record(value):
            raise AnswerNotUnderstoodError(
                f"{self.asked}: an MDR stands outside of any array; {_sketch([value])}"
            )
        if self._form.records_at is None and self._resembles_record(value):
            raise AnswerNotUnderstoodError(
                f"{self.asked}: a record has no {TIME_FIELD}, so it belongs to no day"
            )
        left = {k: self._strip(v, (*path, k), in_array=in_array) for k, v in value.items()}
        return {key: inner for key, inner in left.items() if inner is not _REMOVED}

    def _strip_list(self, items: list[Any], path: Path, *, in_array: bool) -> Any:
        if not items:
            if not in_array:
                self._empty_arrays.append(path)
            return _REMOVED
        names = None if is_of_errors(path) else names_of_list(items, path[-1] if path else "")
        if names is not None:
            self._learn(names)
            return _REMOVED
        if any(isinstance(item, dict) and self._resembles_record(item) for item in items):
            raise AnswerNotUnderstoodError(
                f"{self.asked}: {len(items)} records have no {TIME_FIELD}, so they belong to no day"
            )
        if names_columns(path, items):
            return _REMOVED
        self._strange = True
        left = [self._strip(item, path, in_array=True) for item in items]
        return [item for item in left if item is not _REMOVED]

    def _learn(self, names: GeoNames) -> None:
        self.contents.names.update(names.names)
        self.contents.names_left_out += names.left_out

    def _resembles_record(self, item: Record) -> bool:
        known = {self._names.documented(name) for name in item} - {None}
        return len(known) >= _RESEMBLES_RECORD


def _time_of(value: Any) -> datetime | None:
    """A record's time, as a text or in Unix seconds or milliseconds."""
    number = whole_number_of(value)
    if number is None:
        return fit(TIME_FIELD, value)[0] if isinstance(value, str) else None
    seconds = number / 1000 if number > _LATEST_SECONDS else number
    return from_unix(seconds) if seconds <= _LATEST_SECONDS else None


def _sketch(documents: list[Any]) -> str:
    """The form of an answer without its values: they may be personal."""
    parts = []
    for document in documents:
        if isinstance(document, dict):
            names = ", ".join(map(mask_name, list(document)[:_NAMES_SKETCHED]))
            parts.append("an object with " + (names or "no key"))
        elif isinstance(document, list) and not document:
            parts.append("an empty array")
        elif isinstance(document, list):
            parts.append(f"an array of {len(document)} {type(document[0]).__name__}")
        else:
            parts.append(f"a bare {type(document).__name__}")
    return "it is " + " and ".join(parts[:_NAMES_SKETCHED])
