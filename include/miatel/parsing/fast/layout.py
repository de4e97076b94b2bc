"""Where the record array stands in a body, found in its bytes without parsing all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from miatel.parsing.field_names import AS_DOCUMENTED, FieldNames
from miatel.schema import MDR_FIELDS

_ARRAY_OF_OBJECTS = re.compile(rb"\[\s*(?=\{)")
_BETWEEN = re.compile(rb"(\s*),(\s*)\{(\s*)\"")
_END_OF_ARRAY = re.compile(rb"\s*\]")
_LONGEST_RECORD = 1 << 16
_CLOSING, _LINE_BREAK = b"}\n"
_DECODER = json.JSONDecoder()
_Found = tuple[dict[str, Any], int]


@dataclass(frozen=True)
class Layout:
    """The records' bytes `body[start:end]`, and what stands between two records.

    Attributes:
        separator: from one record's closing to the next one's first quote, e.g. `},{"`. The bytes
            cannot stand inside a string but at its very end, and then the parser fails and the
            exact one takes over.
        names: fields that a record may begin with; between the objects of a list within a record
            may stand the same separator.
        rest: the body with an empty array instead of the records.
        first: the first record, as a look at it shows it.
    """

    start: int
    end: int
    separator: bytes | None
    names: frozenset[bytes]
    rest: bytes
    first: dict[str, Any]

    def pieces(self, body: bytes, size: int, first_size: int | None = None) -> Iterator[memoryview]:
        """The records in runs of about `size` bytes, cut between two records.

        Args:
            body: the whole body.
            size: bytes after which to cut.
            first_size: the same for the first run, by default as all others.
        """
        at = self.start
        view = memoryview(body)
        wanted = size if first_size is None else first_size
        while at < self.end:
            cut = self._record_ends_after(body, at + wanted)
            if cut < 0:
                yield view[at : self.end]
                return
            yield view[at : cut + 1]
            at = body.index(b"{", cut + 1)
            wanted = size

    def _record_ends_after(self, body: bytes, position: int) -> int:
        """The closing brace of the first record that ends at or after a position, or -1."""
        if self.separator is None:
            return -1
        cut = body.find(self.separator, position, self.end)
        while cut >= 0 and not _begins_record(body, cut + len(self.separator), self.names):
            cut = body.find(self.separator, cut + 1, self.end)
        return cut

    def break_lines(self, piece: bytearray) -> int:
        """Put a line break for each comma between two records; return how many records there are.

        All bytes are compared with a closing brace at once, and only what follows one is looked
        at: a fifth of the time of searching and replacing.
        """
        if self.separator is None:
            return 1
        text = np.frombuffer(piece, np.uint8)
        positions = np.flatnonzero(text[: 1 - len(self.separator)] == _CLOSING)
        for offset, byte in enumerate(self.separator):
            positions = positions[text[positions + offset] == byte]
        text[positions + self.separator.index(b",")] = _LINE_BREAK
        return len(positions) + 1


def find_layout(body: bytes, fields: FieldNames = AS_DOCUMENTED) -> Layout | None:
    """The layout of a body, or None where only parsing all of it shows it.

    Args:
        body: an answer's body, JSON.
        fields: what the names of fields stand for.
    """
    for match in _ARRAY_OF_OBJECTS.finditer(body, 0, _LONGEST_RECORD):
        first = record_at(body, match.end())
        if first is None:
            return None
        time = next(filter(fields.is_time, first[0]), None)
        if time is not None:
            return _layout_from(body, match.start(), match.end(), first, time)
    return None


def _layout_from(body: bytes, array: int, start: int, first: _Found, time: str) -> Layout | None:
    separator = None
    record, end = first
    between = _BETWEEN.match(body, end)
    if between:
        separator = b"}" + between[0]
        last_end = _end_of_last_record(body, start, separator, time)
        if last_end is None:
            return None
        end = last_end
    closing = _END_OF_ARRAY.match(body, end)
    if not closing:
        return None
    rest = body[:array] + b"[]" + body[closing.end() :]
    return Layout(start, end, separator, _spellings({*record, *MDR_FIELDS}), rest, record)


def _end_of_last_record(body: bytes, start: int, separator: bytes, time: str) -> int | None:
    """The byte after the last record, with one separator throughout; None if it is not found."""
    last_time = body.rfind(json.dumps(time).encode())
    last = body.rfind(separator, start, last_time + 1)
    while last >= max(start, last_time - _LONGEST_RECORD):
        found = record_at(body, body.index(b"{", last + 1))
        if found is not None and time in found[0]:
            return found[1]
        last = body.rfind(separator, start, last)  # that was an object within the last record
    return None


def _spellings(names: set[str]) -> frozenset[bytes]:
    """Names as they stand between quotes, escaped or not."""
    return frozenset(
        json.dumps(name, ensure_ascii=is_escaped)[1:-1].encode("utf-8", "replace")
        for name in names
        for is_escaped in (True, False)
    )


def _begins_record(body: bytes, position: int, names: frozenset[bytes]) -> bool:
    """Whether the key that begins at a position, after its quote, is one of some names."""
    return body[position : body.find(b'"', position)] in names


def record_at(body: bytes, position: int) -> _Found | None:
    """The object that starts at a byte, and the byte after it; None if too long or too deep."""
    text = body[position : position + _LONGEST_RECORD].decode("utf-8", "ignore")
    try:
        record, length = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return record, position + len(text[:length].encode("utf-8", "surrogatepass"))
