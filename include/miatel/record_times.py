"""The times of records as integers, and which records lie in which window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miatel.limits import TIME_FIELD
from miatel.windows import Window

Microseconds = npt.NDArray[np.int64]
"""Times since 1970 UTC."""

_MICROSECONDS = 1_000_000  # of a second


def times_of(table: pa.Table) -> Microseconds:
    """The rows' times, microseconds since 1970 UTC."""
    column = table[TIME_FIELD].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    return np.asarray(column.to_numpy(), dtype=np.int64)


def seconds_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """The rows' times, whole seconds since 1970 UTC."""
    return times_of(table) // _MICROSECONDS


def place_in_windows(times: Microseconds, windows: list[Window]) -> npt.NDArray[np.int64]:
    """For each time the index of the window that holds it, or -1.

    Args:
        times: microseconds since 1970 UTC.
        windows: disjoint, in order.
    """
    starts = np.array([_microseconds(w.start.timestamp()) for w in windows], dtype=np.int64)
    ends = np.array([_microseconds(w.end.timestamp()) for w in windows], dtype=np.int64)
    place = np.searchsorted(starts, times, side="right") - 1
    inside = (place >= 0) & (times < ends[place])
    return np.where(inside, place, -1)


def count_in_windows(times: Microseconds, windows: list[Window]) -> npt.NDArray[np.int64]:
    """How many of the times each window holds."""
    place = place_in_windows(times, windows)
    return np.bincount(place[place >= 0], minlength=len(windows)).astype(np.int64)


def slice_within(table: pa.Table, times: Microseconds, window: Window) -> pa.Table:
    """The rows of a table in order of time that lie in a window; nothing is copied.

    Args:
        table: sorted by time.
        times: of its rows, as `times_of`.
        window: any.
    """
    bounds = [_microseconds(bound.timestamp()) for bound in (window.start, window.end)]
    first, last = np.searchsorted(times, bounds)
    return table.slice(first, last - first)


def _microseconds(seconds: float) -> int:
    return round(seconds) * _MICROSECONDS
