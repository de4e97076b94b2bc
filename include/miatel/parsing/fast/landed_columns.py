"""Columns as the fast parser read them into the types in which they are landed."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from miatel.parsing.exact_values import ZERO_TIMES
from miatel.parsing.unix_times import PLAUSIBLE
from miatel.schema import UTC_MICROSECONDS

PRICE_READ_TYPE = pa.decimal128(28, 18)
"""Arrow's JSON parser does not check a decimal for overflow: at 38 digits a plain number of 30 of
them wraps around without an error. At 28, a value that overflows fails the validation that follows.
"""

_FIRST_TIME = pa.scalar(datetime.min.replace(tzinfo=UTC), UTC_MICROSECONDS)
_DAY_AND_Z = len("2026-01-31Z")


def read_type_of(landed: pa.DataType) -> pa.DataType:
    """The type in which a field is read whose values are spelled as documented."""
    return PRICE_READ_TYPE if pa.types.is_decimal(landed) else landed


def to_landed(column: pa.ChunkedArray, landed: pa.DataType) -> pa.ChunkedArray:
    """A column as it was read, in its landed type.

    Raises:
        pa.ArrowInvalid: a value does not fit, or only for Arrow: the exact parser decides.
    """
    if pa.types.is_string(column.type) and column.type != landed:
        column = _from_strings(column, landed)
    if pa.types.is_timestamp(landed) and pc.any(pc.less(column, _FIRST_TIME)).as_py():
        raise pa.ArrowInvalid("a time in the year 0, which Arrow has and Python has not")
    return column if column.type == landed else column.cast(landed)


def unix_to_landed(column: pa.ChunkedArray, unit: str, *, is_receipt: bool) -> pa.ChunkedArray:
    """Times that are numbers in a unit, as they are landed.

    Args:
        column: whole numbers.
        unit: Arrow's name of it, `s` or `ms`.
        is_receipt: whether 0 means that there is none.

    Raises:
        pa.ArrowInvalid: one lies before 2000 or after 2100: the exact reader decides.
    """
    if is_receipt:
        column = pc.if_else(pc.equal(column, 0), None, column)
    times = column.cast(pa.timestamp(unit, "UTC")).cast(UTC_MICROSECONDS)
    first, last = (pa.scalar(moment, UTC_MICROSECONDS) for moment in PLAUSIBLE)
    is_plausible = pc.and_(pc.greater_equal(times, first), pc.less(times, last))
    if pc.all(is_plausible).as_py() is False:
        raise pa.ArrowInvalid("a time that is none in this unit")
    return times


def _from_strings(column: pa.ChunkedArray, landed: pa.DataType) -> pa.ChunkedArray:
    """Values written as strings; Arrow takes a little more than the exact parser does."""
    column = _without_blanks(column, ZERO_TIMES if pa.types.is_timestamp(landed) else ("",))
    if pa.types.is_timestamp(landed):
        return pc.assume_timezone(_without_z(column).cast(pa.timestamp("us")), "UTC")
    if pa.types.is_integer(landed) and _holds_letter_x(column):
        raise pa.ArrowInvalid("a hexadecimal number")
    return column.cast(read_type_of(landed))


def _without_z(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times without the Z at their end, of which there may be one, and none after a day alone."""
    lengths = pc.binary_length(column)
    naive = pc.utf8_rtrim(column, "Z")
    most = pc.max(pc.subtract(lengths, pc.binary_length(naive))).as_py()
    if most and (most > 1 or pc.any(pc.equal(lengths, _DAY_AND_Z)).as_py()):
        raise pa.ArrowInvalid("not a time")
    return naive


def _without_blanks(column: pa.ChunkedArray, blanks: tuple[str, ...]) -> pa.ChunkedArray:
    """Null for what means nothing; most columns hold none of it, and comparing is expensive."""
    if pc.min(pc.binary_length(column)).as_py() != 0 and len(blanks) == 1:
        return column
    return pc.if_else(pc.is_in(column, value_set=pa.array(blanks)), None, column)


def _holds_letter_x(column: pa.ChunkedArray) -> bool:
    """Whether any value may have an x; looks at the bytes, since a regex a row costs too much."""
    texts = [chunk.buffers()[2] for chunk in column.chunks]
    return any(text is not None and b"x" in text.to_pybytes().lower() for text in texts)
