"""Answers that are statements of a script: `$D_=[…];$N_={…};` or `var data = […];`.

Each value is JSON, and the statements are taken as the members of one object, so that all that is
known of objects holds for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miatel.errors import AnswerNotUnderstoodError

_BOM = b"\xef\xbb\xbf"
_NAME = rb"(?:(?:var|let|const)\s+)?([$A-Za-z_][$\w.]{0,63})[ \t]*"
_VALUE = rb"=\s*(?=[\[{\"\d-]|true|false|null)"
_FIRST = re.compile(rb"\s*" + _NAME + _VALUE)
_ASSIGNMENT = re.compile(_VALUE)
_END_AND_NAME = re.compile(rb"(?:;\s*|[\r\n]\s*)" + _NAME + rb"\Z")
_LONGEST_NAME = 200  # bytes, with blanks before it


def begins_statement(body: bytes) -> bool:
    """Whether a body begins like a statement: a name, `=`, and a JSON value."""
    return _FIRST.match(body.removeprefix(_BOM)[:256]) is not None


def split_statements(body: bytes, asked: str) -> dict[str, bytes]:
    """The text of each statement's value by its name, without `$` before and `_` after it.

    Args:
        body: one that begins like a statement.
        asked: what was asked, for the message.

    Raises:
        AnswerNotUnderstoodError: two statements have one name.
    """
    body = body.removeprefix(_BOM)
    values: dict[str, bytes] = {}
    for name, start, end in _find_statements(body):
        if name in values:
            raise AnswerNotUnderstoodError(
                f"{asked}: two statements of the answer have the same name, so it may have been "
                "sent twice"
            )
        values[name] = body[start:end]
    return values


def _find_statements(body: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each value."""
    first = _FIRST.match(body)
    name, start = (first[1], first.end()) if first else (b"", len(body))
    known = start  # no string is open there
    for found in _ASSIGNMENT.finditer(body, start):
        before = max(known, found.start() - _LONGEST_NAME)
        ending = _END_AND_NAME.search(body, before, found.start())
        if ending is None or _ends_in_string(body, known, ending.start()):
            continue  # a sign within a text
        yield _plain(name), start, ending.start()
        name, start, known = ending[1], found.end(), found.end()
    yield _plain(name), start, _start_of_end(body, start)


def _plain(name: bytes) -> str:
    """`$D_` is D, `window.data` is data."""
    text = name.decode().rpartition(".")[2]
    return text.strip("$").rstrip("_") or name.decode()


def _ends_in_string(body: bytes, start: int, end: int) -> bool:
    """Whether a place is inside of a string that began after another place, which is not."""
    text = body[start:end]
    quotes = text.count(b'"')
    if b"\\" in text:
        quotes -= text.replace(b"\\\\", b"").count(b'\\"')
    return quotes % 2 == 1


def _start_of_end(body: bytes, start: int) -> int:
    """Where the semicolons and blanks at the end of a body begin."""
    end = len(body)
    while end > start and body[end - 1 : end] in (b" ", b"\t", b"\r", b"\n", b";"):
        end -= 1
    return end
