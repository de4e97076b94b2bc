"""Names of fields and headers as words, and what such words mean around the records of an answer.

The vendor documents no envelope, so its fields are understood by their names, in any of the usual
ways of writing: `total_count`, `totalCount`, `X-Total-Count`, `totalcount`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

Path = tuple[str, ...]
"""Names of the fields that lead to a value, outermost first."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_RUN_ON = re.compile(
    r"total|counts?|cnt|numbers?|num|rows?|records?|messages?|msgs?|sms|pages?|results?|items?"
    r"|entries|recs?|full|n(?=rows)|has|is|more|next|last|truncated|found|links?|url|token|cursor|complete"
)
_GROUPED = re.compile(r"\d{1,3}([ ,_'\u00a0\u202f]\d{3})+")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d*)?")


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text, which reads better than a list of them."""
    return frozenset(text.split())


GEO_WORDS = vocabulary(
    "name names geo geos network networks mcc mnc mccmnc country countries operator operators"
    " dictionary"
)
"""Words of keys under which geo names stand."""

RECORD_PLACES = vocabulary(
    "data record records row rows result results item items sms mdr mdrs list response answer"
    " statistics stats report content payload body entries values"
)
"""Words of keys under which records usually stand."""

_NO_RECORDS = GEO_WORDS | vocabulary(
    "notice notices alert alerts exception exceptions problem problems issue issues note notes"
    " hint hints debug log logs trace column columns field fields header headers filter filters"
    " param params parameter parameters meta metadata link links pagination paging info request"
    " query option options setting settings tag tags total totals count counts summary cursor next"
    " skipped removed deleted"
)
_NO_RECORDS_BEGIN = ("err", "fault", "fail", "warn", "reject")


@lru_cache(maxsize=1024)
def words_of(name: str) -> tuple[str, ...]:
    """A name's words in lower case; well-known words that are written together are parted."""
    words: list[str] = []
    for word in _WORD.findall(name):
        low = word.lower()
        parts = _RUN_ON.findall(low)
        words += parts if parts and "".join(parts) == low else [low]
    return tuple(words)


def may_hold_records(path: Path) -> bool:
    """Whether records could stand at a path: not among errors, geo names or parts of the page."""
    words = {word for name in path for word in words_of(name)}
    return not (words & _NO_RECORDS or any(w.startswith(_NO_RECORDS_BEGIN) for w in words))


def is_of_errors(path: Path) -> bool:
    """Whether a path leads to errors or warnings: codes and texts there are no geo names."""
    return any(word.startswith(_NO_RECORDS_BEGIN) for name in path for word in words_of(name))


def members(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar of a JSON value with its path; one in an array has the path of the array."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from members(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path)
    else:
        yield path, value


def number_of(value: Any) -> Decimal | None:
    """The number that a scalar is or, as text, holds; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str):
        text = value.strip()
        if _GROUPED.fullmatch(text):
            return Decimal(re.sub(r"\D", "", text))
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    return None


def whole_number_of(value: Any) -> int | None:
    """The same where it is a whole number that could count something."""
    number = number_of(value)
    if number is None or not number.is_finite() or number.adjusted() > 18:
        return None
    return int(number) if number == number.to_integral_value() else None
