"""Answers that are statements of a script: `$D_=[…];$N_={…};` or `var data = […];`.

Each value is JSON, and the statements are taken as the members of one object, so that all that is
known of objects holds for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miatel.errors import AnswerNotUnderstoodError

_BOM = b"\xef\xbb\xbf"
_START = rb"(?:(?:var|let|const)\s+)?([$A-Za-z_][$\w.]{0,63})\s*=\s*(?=[\[{\"\d-]|true|false|null)"
_FIRST = re.compile(rb"\s*" + _START)
_NEXT = re.compile(rb"(?:;\s*|[ \t]*[\r\n]\s*)" + _START)


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
    match = _FIRST.match(body)
    while match:
        start, at = match.end(), match.end()
        following = _NEXT.search(body, at)
        while following and _ends_in_string(body, at, following.start()):
            # What looks like a statement stands in a text; search on behind that text.
            at = _end_of_string(body, following.start())
            following = _NEXT.search(body, at)
        end = following.start() if following else _start_of_end(body, start)
        yield _plain(match[1]), start, end
        match = following


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


def _end_of_string(body: bytes, place: int) -> int:
    """The byte after the quote that ends the string around a place."""
    found = re.compile(rb'(?:[^"\\]|\\.)*+"', re.DOTALL).match(body, place)
    return found.end() if found else len(body)


def _start_of_end(body: bytes, start: int) -> int:
    """Where the semicolons and blanks at the end of a body begin."""
    end = len(body)
    while end > start and body[end - 1 : end] in (b" ", b"\t", b"\r", b"\n", b";"):
        end -= 1
    return end
