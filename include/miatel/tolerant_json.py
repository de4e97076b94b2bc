"""JSON as strictly as the standard says and as exactly as it was written: the slow, sure parser.

`orjson` and the standard library's defaults keep the last of two equal keys, take NaN, and round
numbers. Where the fast path steps aside, none of that may happen silently.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from miatel.errors import AnswerNotUnderstoodError, BrokenAnswerError
from miatel.masking import mask_name

_BOM = b"\xef\xbb\xbf"
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
    documents, position = [], _skip_blank(text, 0)
    if position == len(text):
        raise BrokenAnswerError(f"{asked}: the server answered an empty body")
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if _is_cut(error, text):
                raise BrokenAnswerError(
                    f"{asked}: the answer ends in the middle, after {len(body)} bytes"
                ) from None
            raise AnswerNotUnderstoodError(
                f"{asked}: the answer is not JSON at character {error.pos}: {error.msg}"
            ) from None
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise AnswerNotUnderstoodError(f"{asked}: {_reason(error)}") from None
        documents.append(document)
        position = _skip_blank(text, position)
    return documents


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


def _is_cut(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated") or error.pos >= len(text) - _LONGEST_TOKEN


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
