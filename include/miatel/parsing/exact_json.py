"""JSON as strictly as the standard says and as exactly as it was written: the slow, sure parser.

`orjson` and the standard library's defaults keep the last of two equal keys, take NaN, and round
numbers. Where the fast path steps aside, none of that may happen silently.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from miatel.errors import AnswerNotUnderstoodError, BrokenAnswerError
from miatel.parsing.error_objects import holds_php_message
from miatel.parsing.statements import begins_statement, split_statements
from miatel.redaction.masking import mask_name

_BOM = b"\xef\xbb\xbf"
_NEAR = 400  # characters around an error in which a message of PHP is looked for
_LONGEST_TOKEN = 12  # an escape or a literal cut in the middle ends at most so far from the end


def load_documents(body: bytes, asked: str) -> list[Any]:
    """Every JSON document of a body, one right after the other.

    Args:
        body: the whole body, UTF-8.
        asked: what was asked, for the messages.

    Returns:
        At least one document; decimals as `Decimal`, integers as `int`.

    Raises:
        BrokenAnswerError: the body ends in the middle: ask again.
        AnswerNotUnderstoodError: it is not UTF-8 or not JSON, or an object names a field twice.
    """
    text = _decode(body.removeprefix(_BOM), asked)
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys,
        parse_float=Decimal,
        parse_constant=_refuse_constant,
    )
    documents: list[Any] = []
    position = _skip_blank(text, 0)
    if position == len(text):
        raise BrokenAnswerError(f"{asked}: the server answered an empty body")
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            is_after = bool(documents) and error.pos == position
            raise _refusal(error, text, is_after=is_after, asked=asked) from None
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise AnswerNotUnderstoodError(f"{asked}: {_reason(error)}") from None
        documents.append(document)
        position = _skip_blank(text, position)
    return documents


def load_exactly(body: bytes, asked: str) -> list[Any]:
    """Every document of an answer; statements are one document, an object of their values.

    Args:
        body: the whole body, UTF-8.
        asked: what was asked, for the messages.

    Returns:
        Decimals as `Decimal`, integers as `int`.

    Raises:
        BrokenAnswerError: the body ends in the middle: ask again.
        AnswerNotUnderstoodError: not UTF-8 or not JSON, or a name stands twice.
    """
    if not begins_statement(body):
        return load_documents(body, asked)
    members = {}
    for name, text in split_statements(body, asked).items():
        value, *others = load_documents(text, asked)
        if others:
            raise BrokenAnswerError(f"{asked}: a statement of the answer has no end")
        members[name] = value
    return [members]


def _decode(body: bytes, asked: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        if error.end >= len(body) and error.reason == "unexpected end of data":
            raise BrokenAnswerError(f"{asked}: the answer ends inside a character") from None
        raise AnswerNotUnderstoodError(
            f"{asked}: the answer is not UTF-8 at byte {error.start}"
        ) from None


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _refusal(
    error: json.JSONDecodeError, text: str, *, is_after: bool, asked: str
) -> BrokenAnswerError | AnswerNotUnderstoodError:
    """What a body that is not JSON to its end is: cut, spoilt by a message of PHP, or no JSON.

    Args:
        error: of the parser.
        text: the whole body.
        is_after: whether only whole documents stand before the place of the error.
        asked: what was asked.
    """
    if holds_php_message(text[max(0, error.pos - _NEAR) : error.pos + _NEAR]):
        return BrokenAnswerError(
            f"{asked}: a message of the vendor's PHP stands in the answer at character "
            f"{error.pos}, so that it is not known to be whole; if it stays, tell the vendor"
        )
    if is_after and not _may_be_cut(text[error.pos :]):
        return AnswerNotUnderstoodError(
            f"{asked}: after the JSON stands {_junk(text[error.pos :])}; the JSON before it is "
            "whole, but what else the vendor means to send is not known"
        )
    if text[error.pos : error.pos + 1] == "\x00":
        return AnswerNotUnderstoodError(
            f"{asked}: a NUL byte stands in the answer at character {error.pos}"
        )
    if _is_cut(error, text):
        return BrokenAnswerError(
            f"{asked}: the answer ends in the middle, after {len(text.encode())} bytes"
        )
    return AnswerNotUnderstoodError(
        f"{asked}: the answer is not JSON at character {error.pos}: {error.msg}"
    )


def _is_cut(error: json.JSONDecodeError, text: str) -> bool:
    if text[error.pos : error.pos + 1] in tuple("]},:"):
        return False  # what stands there came whole, and is wrong
    return error.msg.startswith("Unterminated") or error.pos >= len(text) - _LONGEST_TOKEN


def _may_be_cut(rest: str) -> bool:
    """Whether a text that is no value may be the beginning of one."""
    return (
        rest[0] == '"'
        or rest == "-"
        or any(word.startswith(rest) for word in ("null", "true", "false"))
    )


def _junk(rest: str) -> str:
    """What stands where nothing should, by its kind."""
    marks = {"\x00": "a NUL byte", ",": "a comma", ";": "a semicolon", "]": "a closing bracket"}
    marks |= {"}": "a closing brace", "<": "something that looks like HTML"}
    return f"{marks.get(rest[0], 'something that is no JSON')} ({len(rest)} characters in all)"


class _NotStrictError(ValueError):
    """A body that lenient parsers take and we do not; its text names no value."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotStrictError(f"an object of the answer names the field {mask_name(twice)} twice")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise _NotStrictError(f"the answer holds {name}, which is not JSON")


def _reason(error: Exception) -> str:
    if isinstance(error, _NotStrictError):
        return str(error)
    if isinstance(error, RecursionError):
        return "the answer is nested too deeply"
    return "the answer holds a number too long to read"
