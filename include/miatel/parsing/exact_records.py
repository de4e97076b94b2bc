"""Parsed records to Arrow, value by value: what does not fit its column stands in `extra`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from miatel.errors import AnswerNotUnderstoodError
from miatel.json_text import HALF_CHARACTER, json_text
from miatel.limits import TIME_FIELD
from miatel.parsing.money import parse_price, read_price
from miatel.parsing.record_ids import MAP_KEY, fill_id, is_said, keep_key
from miatel.schema import ANSWER_SCHEMA, MDR_FIELDS

ZERO_TIMES = ("", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
"""How systems built on MySQL write 'no time'."""

_INTEGER = re.compile(r"[+-]?\d{1,25}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?",
    re.ASCII,
)
_INT64 = range(-(2**63), 2**63)
ID_FIELD, SWITCH_FIELD, MESSAGE_ID_FIELD = "sms_hub_sms_id", "sms_hub_switch_id", "message_id"


class _DoesNotFitError(Exception):
    """The value is not of its column's type."""


def records_to_table(records: list[dict[str, Any]], asked: str) -> pa.Table:
    """Parsed MDRs as a table of the landed types.

    Args:
        records: as parsed, each with a `sms_hub_sms_time`.
        asked: what was asked, for the message.

    Returns:
        Columns `MDR_FIELDS`, then `extra`; one row per record, in their order.

    Raises:
        AnswerNotUnderstoodError: a record's `sms_hub_sms_time` is not a time.
    """
    columns: dict[str, list[Any]] = {name: [] for name in ANSWER_SCHEMA.names}
    for record in records:
        leftover = {
            name: value
            for name, value in record.items()
            if name not in MDR_FIELDS and name is not MAP_KEY and value is not None
        }
        for name in MDR_FIELDS:
            fitted, misfit = fit(name, record.get(name))
            columns[name].append(fitted)
            if misfit is not None:
                leftover[name] = misfit
        if MAP_KEY in record:
            _place_key(record, columns, leftover, asked)
        if columns[TIME_FIELD][-1] is None:
            raise AnswerNotUnderstoodError(
                f"{asked}: a record's {TIME_FIELD} is no time, so it belongs to no day"
            )
        columns["extra"].append(extra_text(leftover))
    return pa.table(
        [pa.array(columns[field.name], field.type) for field in ANSWER_SCHEMA],
        schema=ANSWER_SCHEMA,
    )


def _place_key(
    record: dict[str, Any], columns: dict[str, list[Any]], leftover: dict[str, Any], asked: str
) -> None:
    """A record's key in a map: the id that it lacks, or in `extra` unless the record says it."""
    key, ids = record[MAP_KEY], columns[ID_FIELD]
    ids[-1] = fill_id(key, ids[-1], has_own=record.get(ID_FIELD) is not None)
    switch_id, message_id = columns[SWITCH_FIELD][-1], columns[MESSAGE_ID_FIELD][-1]
    if not is_said(key, ids[-1], switch_id, message_id):
        keep_key(key, leftover, asked)


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
    if not isinstance(value, str) or HALF_CHARACTER.search(value):
        raise _DoesNotFitError
    return value


def _closest(value: Any) -> str | None:
    """A text with half a character, readable; the exact one stands in `extra`."""
    return HALF_CHARACTER.sub("\ufffd", value) if isinstance(value, str) else None


def extra_text(leftover: dict[str, Any]) -> str | None:
    """JSON text; half a character cannot be stored, so its escape stands there as text."""
    if not leftover:
        return None
    return HALF_CHARACTER.sub(lambda half: f"\\\\u{ord(half[0]):04x}", json_text(leftover))


def _converter(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_integer(kind):
        return _to_integer
    if pa.types.is_decimal(kind):
        return _to_price
    return _to_time if pa.types.is_timestamp(kind) else _to_text


_CONVERTERS = {name: _converter(kind) for name, kind in MDR_FIELDS.items()}
