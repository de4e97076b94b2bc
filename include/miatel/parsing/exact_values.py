"""A parsed value as its column holds it; what does not fit its column stands in `extra`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from miatel.json_text import LONE_SURROGATE, json_text
from miatel.parsing.money import parse_price, read_price
from miatel.schema import MDR_FIELDS

ZERO_TIMES = ("", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
"""How systems built on MySQL write 'no time'."""

_INTEGER = re.compile(r"[+-]?\d{1,25}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?",
    re.ASCII,
)
_INT64 = range(-(2**63), 2**63)


class _DoesNotFitError(Exception):
    """The value is not of its column's type."""


def fit(name: str, value: Any) -> tuple[Any, Any]:
    """A known field's value as its column holds it, and as it has to stand in `extra`.

    Args:
        name: the field.
        value: as parsed, None where there is none.

    Returns:
        Both None where the value says nothing; the second one None where it fits. Neither is None
        where the column holds what is meant, but not all that was said: a price with a currency.
    """
    if value is None:
        return None, None
    convert = _CONVERTERS[name]
    try:
        if convert is _to_price:
            price, says_the_same = _to_price(value)
            return price, None if says_the_same else value
        return convert(value), None
    except _DoesNotFitError:
        return (_closest(value) if convert is _to_text else None), value


def _to_integer(value: Any) -> int | None:
    if isinstance(value, str):
        text = value.strip()
        if text == "":
            return None
        if not _INTEGER.fullmatch(text):
            raise _DoesNotFitError
        number = int(text)
    elif (
        isinstance(value, Decimal) and value.adjusted() < 20 and value == value.to_integral_value()
    ):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise _DoesNotFitError
    if number not in _INT64:
        raise _DoesNotFitError
    return number


def _to_price(value: Any) -> tuple[Decimal | None, bool]:
    """The price, and whether it says the same as the value."""
    if isinstance(value, str):
        return parse_price(value) if value.strip() else (None, True)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return read_price(Decimal(value))
    raise _DoesNotFitError


def _to_time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        raise _DoesNotFitError
    if value in ZERO_TIMES:
        return None
    if not _TIME.fullmatch(value):
        raise _DoesNotFitError
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: in GMT it lies before the year 1
        raise _DoesNotFitError from None


def _to_text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or LONE_SURROGATE.search(value):
        raise _DoesNotFitError
    return value


def _closest(value: Any) -> str | None:
    """A text without its lone surrogates, which can be stored; `extra` has the exact one."""
    return LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) else None


def extra_text(leftover: dict[str, Any]) -> str | None:
    """JSON text; a lone surrogate cannot be stored, so its escape stands there as text."""
    if not leftover:
        return None
    return LONE_SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", json_text(leftover))


def _converter(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_integer(kind):
        return _to_integer
    if pa.types.is_decimal(kind):
        return _to_price
    return _to_time if pa.types.is_timestamp(kind) else _to_text


_CONVERTERS = {name: _converter(kind) for name, kind in MDR_FIELDS.items()}
