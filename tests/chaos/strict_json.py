"""A JSON parser written from RFC 8259 alone, to judge the product's: no leniency, nothing rounded.

It shares no code with the product, nor with any library. Numbers keep their spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NAME = re.compile(r"\s*(?:(?:var|let|const)\s+)?([$A-Za-z_][$\w.]*)[ \t]*=\s*", re.ASCII)
_END = re.compile(r"[ \t]*(?:(?:;|[\r\n]|\Z)\s*)+")
_WORDS = {"true": True, "false": False, "null": None}


class NotJsonError(ValueError):
    """The text is not JSON by the standard, or an object names a field twice."""


@dataclass(frozen=True)
class Number:
    """A number as it was written."""

    text: str

    @property
    def value(self) -> Decimal:
        """Its exact value."""
        return Decimal(self.text)


def parse_documents(body: bytes) -> list[Any]:
    """Every document of a body, one after the other; a byte order mark before them is allowed.

    Statements of a script are one document, an object of their values.

    Raises:
        NotJsonError: bad UTF-8, bad JSON, or no document at all.
    """
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJsonError(str(error)) from None
    if _NAME.match(text):
        return [_statements(text)]
    documents, at = [], _skip(text, 0)
    while at < len(text):
        document, at = _value(text, at)
        documents.append(document)
        at = _skip(text, at)
    if not documents:
        raise NotJsonError("nothing")
    return documents


def _statements(text: str) -> dict[str, Any]:
    members: dict[str, Any] = {}
    at = 0
    while at < len(text):
        named = _NAME.match(text, at)
        if not named:
            raise NotJsonError(f"no statement at {at}")
        name = named[1].strip("$_")
        value, at = _value(text, named.end())
        if name in members:
            raise NotJsonError(f"a statement stands twice at {at}")
        members[name] = value
        end = _END.match(text, at)
        if not end:
            raise NotJsonError(f"a statement has no end at {at}")
        at = end.end()
    return members


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()


def _value(text: str, at: int) -> tuple[Any, int]:
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at)
    if first == "[":
        return _array(text, at)
    if first == '"':
        return _string(text, at)
    for word, value in _WORDS.items():
        if text.startswith(word, at):
            return value, at + len(word)
    number = _NUMBER.match(text, at)
    if not number:
        raise NotJsonError(f"no value at {at}")
    return Number(number[0]), number.end()


def _object(text: str, at: int) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {}
    at = _skip(text, at + 1)
    if text[at : at + 1] == "}":
        return members, at + 1
    while True:
        name, at = _string(text, at)
        at = _expect(text, at, ":")
        value, at = _value(text, at)
        if name in members:
            raise NotJsonError(f"a field stands twice at {at}")
        members[name] = value
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return members, at + 1
        at = _expect(text, at, ",")


def _array(text: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return items, at + 1
    while True:
        value, at = _value(text, at)
        items.append(value)
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        at = _expect(text, at, ",")


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != mark:
        raise NotJsonError(f"no {mark} at {at}")
    return _skip(text, at + 1)


def _string(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise NotJsonError(f"no string at {at}")
    parts, at = [], at + 1
    while True:
        plain = _PLAIN.match(text, at)
        parts.append(plain[0])
        at = plain.end()
        mark = text[at : at + 1]
        if mark == '"':
            return _join_halves("".join(parts)), at + 1
        if mark != "\\":
            raise NotJsonError(f"a string is not closed, or holds a control character, at {at}")
        escape = text[at + 1 : at + 2]
        if escape == "u":
            code = _HEX.match(text, at + 2)
            if not code:
                raise NotJsonError(f"a bad escape at {at}")
            parts.append(chr(int(code[0], 16)))
            at = code.end()
        elif escape in _ESCAPES and escape:
            parts.append(_ESCAPES[escape])
            at += 2
        else:
            raise NotJsonError(f"a bad escape at {at}")


def _join_halves(text: str) -> str:
    """Two escaped halves of a character are one; a half alone stays a half."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
