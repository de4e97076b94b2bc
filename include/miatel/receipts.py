"""Which landed messages wait for a receipt, and the windows that ask for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity import has_final_receipt
from miatel.lake import Lake, day_file, lake_errors
from miatel.limits import DOCUMENTED_FAILURE_CODES, TIME_FIELD
from miatel.row_groups import place_in_windows, seconds_of, times_of
from miatel.windows import Window, day_window

_STATE = ["dlr_code", "resp_code"]
_IDENTITY = ["sms_hub_switch_id", "sms_hub_sms_id", "message_id", "segment_num"]
RECORDS_PER_REQUEST = 5_000
"""Records that may come in vain before another request is the smaller burden: 1/20 of an answer."""

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
    return sum(count_open_receipts_by_day(lake, period).values())


def count_open_receipts_by_day(lake: Lake, period: Window) -> dict[date, int]:
    """How many landed messages wait for a receipt, by GMT day; only days with some.

    Raises:
        LakeError: a day's file cannot be read.
    """

    def count(day: date) -> int:
        return sum(int(waits.sum()) for _, waits in _read_day(lake, day, period, []))

    days = _landed_days(lake, period)
    with ThreadPoolExecutor(thread_name_prefix="miatel-receipts") as pool:
        counts = zip(days, pool.map(count, days), strict=True)
        return {day: waiting for day, waiting in counts if waiting}


def open_messages(lake: Lake, period: Window) -> Iterator[pa.Table]:
    """The landed messages that wait for a receipt, a part of a day at a time.

    Args:
        lake: the landed days.
        period: the messages' times.

    Yields:
        Time and the fields of identity: nothing personal.

    Raises:
        LakeError: a day's file cannot be read.
    """
    columns = [TIME_FIELD, *_IDENTITY]
    for day in _landed_days(lake, period):
        for table, waits in _read_day(lake, day, period, columns):
            yield table.select(columns).filter(pa.array(waits))


def find_receipt_windows(lake: Lake, period: Window) -> list[Window]:
    """The windows to ask for again, so that every waiting message's state is fetched.

    Args:
        lake: the landed days.
        period: how far back to look, and up to when; what follows it is asked for anyway.

    Returns:
        Disjoint windows in order. Each begins with a waiting message; seconds without one are
        bridged where that costs less than a request of its own.
    """
    start = int(period.start.timestamp())
    landed = np.zeros(period.seconds, dtype=np.int64)
    waiting = np.zeros(period.seconds, dtype=np.int64)
    for day in _landed_days(lake, period):
        for table, waits in _read_day(lake, day, period, [TIME_FIELD]):
            seconds = seconds_of(table) - start
            landed += np.bincount(seconds, minlength=period.seconds)
            waiting += np.bincount(seconds[waits], minlength=period.seconds)
    return [
        Window(_moment(start + first), _moment(start + end))
        for first, end in bridge_seconds(np.flatnonzero(waiting), landed)
    ]


def bridge_seconds(wanted: Counts, landed: Counts) -> list[tuple[int, int]]:
    """Wanted seconds as runs, bridged where few records are asked for in vain.

    Args:
        wanted: places of the wanted seconds, in order.
        landed: records of each second; the seconds after them are asked for anyway.

    Returns:
        First second and the one after the last, in order.
    """
    if len(wanted) == 0:
        return []
    before = np.concatenate([[0], np.cumsum(landed)])
    starts = np.append(wanted, len(landed))
    ends = wanted + 1
    in_vain = before[starts[1:]] - before[ends]
    breaks = np.flatnonzero(in_vain > RECORDS_PER_REQUEST)
    firsts = [int(starts[0]), *(int(starts[place + 1]) for place in breaks)]
    lasts = [*(int(ends[place]) for place in breaks), len(landed)]
    return [(first, end) for first, end in zip(firsts, lasts, strict=True) if first < end]


def _landed_days(lake: Lake, period: Window) -> list[date]:
    return [day for day in lake.days() if day_window(day).intersect(period)]


def _read_day(
    lake: Lake, day: date, period: Window, columns: list[str]
) -> Iterator[tuple[pa.Table, npt.NDArray[np.bool_]]]:
    """A day's rows within the period, a row group at a time, and which of them wait."""
    path = day_file(day)
    is_cut = period.intersect(day_window(day)) != day_window(day)
    wanted = {*_STATE, *columns, *([TIME_FIELD] if is_cut else [])}
    file = lake.open_parquet(path)
    if file is None:
        return
    with closing(file):
        for index in range(file.metadata.num_row_groups):
            with lake_errors(lake.root, f"read at {path}"):
                table = file.read_row_group(index, columns=sorted(wanted), use_threads=False)
            if is_cut:
                table = table.filter(pa.array(place_in_windows(times_of(table), [period]) >= 0))
            yield table, np.asarray(waits_for_receipt(table).to_numpy(), dtype=bool)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
