"""The times of records as integers, and which records lie in which window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miatel.limits import TIME_FIELD
from miatel.schema import UTC_MICROSECONDS
from miatel.windows import Window

Microseconds = npt.NDArray[np.int64]
"""Times since 1970 UTC."""

MICROSECONDS_A_SECOND = 1_000_000


def times_of(table: pa.Table) -> Microseconds:
    """The rows' times, microseconds since 1970 UTC."""
    return microseconds_of(table[TIME_FIELD])


def microseconds_of(column: pa.Array | pa.ChunkedArray) -> Microseconds:
    """A column of times without nulls as microseconds since 1970 UTC."""
    numbers = column.cast(UTC_MICROSECONDS).cast(pa.int64())
    return np.asarray(numbers.to_numpy(), dtype=np.int64)


def seconds_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """The rows' times, whole seconds since 1970 UTC."""
    return times_of(table) // MICROSECONDS_A_SECOND


def find_windows(times: Microseconds, windows: list[Window]) -> npt.NDArray[np.int64]:
    """For each time the index of the window that holds it, or -1.

    Args:
        times: microseconds since 1970 UTC.
        windows: disjoint, in order.
    """
    bounds = np.array([w.unix_bounds for w in windows], dtype=np.int64).reshape(-1, 2)
    starts, ends = (bounds * MICROSECONDS_A_SECOND).T
    index = np.searchsorted(starts, times, side="right") - 1
    inside = (index >= 0) & (times < ends[index])
    return np.where(inside, index, -1)


def count_in_windows(times: Microseconds, windows: list[Window]) -> npt.NDArray[np.int64]:
    """How many of the times each window holds."""
    index = find_windows(times, windows)
    return np.bincount(index[index >= 0], minlength=len(windows)).astype(np.int64)


def slice_within(table: pa.Table, times: Microseconds, window: Window) -> pa.Table:
    """The rows of a table in order of time that lie in a window; nothing is copied.

    Args:
        table: sorted by time.
        times: of its rows, as `times_of`.
        window: any.
    """
    bounds = np.array(window.unix_bounds, dtype=np.int64) * MICROSECONDS_A_SECOND
    first, last = np.searchsorted(times, bounds)
    return table.slice(first, last - first)
