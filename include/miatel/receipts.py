"""Which landed messages wait for a receipt, and the fewest windows that ask for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity import has_final_receipt
from miatel.lake import Lake, day_file
from miatel.limits import DOCUMENTED_FAILURE_CODES, MAX_WINDOW
from miatel.row_groups import place_in_windows, times_of
from miatel.schema import TIME_FIELD
from miatel.windows import Window

_COLUMNS = [TIME_FIELD, "dlr_code", "resp_code"]
_MICROSECONDS = 1_000_000

Counts = npt.NDArray[np.int64]


def waits_for_receipt(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether a final receipt may still come.

    Not for a message that a documented failure kept from being sent. A code outside the vendor's
    table says nothing for sure, so its receipt is still asked for.
    """
    failures = pa.array(sorted(DOCUMENTED_FAILURE_CODES), pa.int64())
    never_sent = pc.is_in(pc.abs(table["resp_code"]), value_set=failures)
    return pc.and_not(pc.invert(has_final_receipt(table)), never_sent)


def count_open_receipts(lake: Lake, period: Window) -> int:
    """How many landed messages of a period wait for a receipt."""
    return int(sum(int(waiting.sum()) for _, waiting in _columns_of(lake, period)))


def plan_receipt_windows(lake: Lake, period: Window, most_records: int) -> list[Window]:
    """The fewest windows that hold every landed message waiting for a receipt.

    Args:
        lake: the landed days.
        period: how far back to look, and up to when.
        most_records: landed records that a window may hold at most, unless one second has more.

    Returns:
        Disjoint windows in order, each beginning and ending with a waiting message.
    """
    start = int(period.start.timestamp())
    landed = np.zeros(period.seconds, dtype=np.int64)
    waiting = np.zeros(period.seconds, dtype=np.int64)
    for times, is_waiting in _columns_of(lake, period):
        seconds = times // _MICROSECONDS - start
        landed += np.bincount(seconds, minlength=period.seconds)
        waiting += np.bincount(seconds[is_waiting], minlength=period.seconds)
    return [
        Window(_moment(start + first), _moment(start + last + 1))
        for first, last in _fewest_runs(np.flatnonzero(waiting), landed, most_records)
    ]


def _fewest_runs(wanted: Counts, landed: Counts, most_records: int) -> Iterator[tuple[int, int]]:
    """Runs of seconds, first and last inclusive, that greedily take in as many as they may."""
    before = np.concatenate([[0], np.cumsum(landed)])
    longest = int(MAX_WINDOW.total_seconds())
    place = 0
    while place < len(wanted):
        first = int(wanted[place])
        by_records = np.searchsorted(before, before[first] + most_records, side="right") - 2
        last_allowed = min(max(int(by_records), first), first + longest - 1)
        after = int(np.searchsorted(wanted, last_allowed, side="right"))
        yield first, int(wanted[after - 1])
        place = after


def _columns_of(lake: Lake, period: Window) -> Iterator[tuple[Counts, npt.NDArray[np.bool_]]]:
    """For each row group the rows' times in microseconds, and which rows wait."""
    landed_days = set(lake.days())
    for day in period.days():
        file = lake.open_parquet(day_file(day)) if day in landed_days else None
        if file is None:
            continue
        with closing(file):
            for index in range(file.metadata.num_row_groups):
                table = file.read_row_group(index, columns=_COLUMNS)
                times = times_of(table)
                inside = place_in_windows(times, [period]) >= 0
                waits = np.asarray(waits_for_receipt(table).to_numpy(), dtype=bool)
                yield times[inside], waits[inside]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
