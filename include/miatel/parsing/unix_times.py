"""Times that are numbers: seconds or milliseconds since 1970, whichever the window asked proves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.windows import Window

_MOST_DIGITS = 15
_ARROW_UNITS = {"seconds": "s", "milliseconds": "ms"}
_PER_SECOND = {"seconds": 1, "milliseconds": 1000}
_LAST_SECOND = 253_402_300_799  # of the year 9999
_TEXT_TIME = re.compile(r"(?!0000)\d{4}-\d\d")
PLAUSIBLE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
"""Between these a number is parsed as a time where nothing else shows what it is."""

_PLAUSIBLE = Window(*PLAUSIBLE)
_RECEIPT_FIELD = "dlr_time"
TIME_FIELDS = (TIME_FIELD, _RECEIPT_FIELD)


def with_iso_times(
    columns: Mapping[str, Sequence[Any]], window: Window | None, asked: str
) -> Mapping[str, Sequence[Any]]:
    """Values with times as texts, if the times of every record are Unix times.

    Args:
        columns: the values of each field, under the documented names.
        window: what was asked for; None where nobody asked for a window, and then the times must
            lie between 2000 and 2100.
        asked: what was asked, for the message.

    Returns:
        The columns themselves where times are texts; `sms_hub_sms_time` and `dlr_time` written
        anew where they are numbers.

    Raises:
        AnswerNotUnderstoodError: some times are numbers and others are not, or they lie in the
            window neither as seconds nor as milliseconds.
    """
    values = columns.get(TIME_FIELD, ())
    kinds = set(map(type, values))
    if not {int, str} & kinds or (kinds == {str} and not any(map(str.isdecimal, values))):
        return columns
    times = list(map(_as_number, values))
    numbers = [time for time in times if time is not None]
    if not numbers:
        return columns
    if len(numbers) != len(times):
        raise AnswerNotUnderstoodError(
            f"{asked}: {len(numbers)} of {len(times)} records have a number for {TIME_FIELD}, and "
            "the others have none: Unix times are read only where every record has one"
        )
    unit = _unit_of(numbers, window or _PLAUSIBLE, asked)
    written = {TIME_FIELD: _write_all(numbers, unit)}
    if _RECEIPT_FIELD in columns:
        receipts = columns[_RECEIPT_FIELD]
        numbered = _receipts(receipts, unit, asked)
        written[_RECEIPT_FIELD] = [
            value if number is None else text
            for value, number, text in zip(
                receipts, numbered, _write_all(numbered, unit), strict=True
            )
        ]
    return {**columns, **written}


def _as_number(value: Any) -> int | None:
    if type(value) is int:
        return value
    is_digits = type(value) is str and value.isdecimal() and value.isascii()
    return int(value) if is_digits and len(value) <= _MOST_DIGITS else None


def arrow_unit_of(value: Any, window: Window | None) -> str | None:
    """Arrow's name of the unit in which a number is a time of the window; None for all else."""
    if type(value) is not int:
        return None
    fitting = (_ARROW_UNITS[u] for u in _PER_SECOND if _lies_in(window or _PLAUSIBLE, value, u))
    return next(fitting, None)


def _unit_of(numbers: list[int], window: Window, asked: str) -> str:
    for unit in _PER_SECOND:
        if all(_lies_in(window, number, unit) for number in (min(numbers), max(numbers))):
            return unit
    raise AnswerNotUnderstoodError(
        f"{asked}: every {TIME_FIELD} is a number, but not all of them lie in {window}, neither as "
        "seconds since 1970 nor as milliseconds"
    )


def _lies_in(window: Window, number: int, unit: str) -> bool:
    first, end = _bounds(window, unit)
    return first <= number < end


def _bounds(window: Window, unit: str) -> tuple[int, int]:
    factor = _PER_SECOND[unit]
    first, end = window.unix_bounds
    return first * factor, end * factor


def _receipts(values: Sequence[Any], unit: str, asked: str) -> list[int | None]:
    """The receipts' times; 0 where there is none, None where the value stays as it came."""
    numbers = [_as_number(value) for value in values]
    has_texts = any(
        number is None and isinstance(value, str) and _TEXT_TIME.match(value)
        for number, value in zip(numbers, values, strict=True)
    )
    other = next(name for name in _PER_SECOND if name != unit)
    (first, end), (other_first, other_end) = (_bounds(_PLAUSIBLE, u) for u in (unit, other))
    is_other = any(
        number and not first <= number < end and other_first <= number < other_end
        for number in numbers
    )
    if is_other or (has_texts and any(numbers)):
        raise AnswerNotUnderstoodError(
            f"{asked}: every {TIME_FIELD} is a Unix time in {unit}, but {_RECEIPT_FIELD} is one "
            "only in some records"
        )
    last = _LAST_SECOND * _PER_SECOND[unit]
    return [n if n is not None and 0 <= n <= last else None for n in numbers]


def _write_all(numbers: Sequence[int | None], unit: str) -> list[str | None]:
    """Unix times as texts; None for none and for 0."""
    moments = pa.array([number or None for number in numbers], pa.timestamp(_ARROW_UNITS[unit]))
    texts: list[str | None] = moments.cast(pa.string()).to_pylist()
    return texts
