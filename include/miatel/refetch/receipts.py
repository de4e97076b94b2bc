"""Which landed messages may still change: they wait for a receipt, or their price is missing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import LakeError
from miatel.identity.deduplication import has_final_receipt
from miatel.lake.lake import Lake, day_file
from miatel.lake.lake_file import lake_errors
from miatel.limits import DOCUMENTED_FAILURE_CODES, TIME_FIELD
from miatel.record_times import find_windows, times_of
from miatel.schema import RAW_SCHEMA
from miatel.windows import Window, day_window

_STATE = ["dlr_code", "resp_code"]
_IDENTITY = ["sms_hub_switch_id", "sms_hub_sms_id", "message_id", "segment_num"]
DELIVERED, REJECTED = 2, 8
"""Delivery states. Source: vendor's table of delivery statuses."""


def waits_for_receipt(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether a final receipt may still come.

    Not for a message that a documented failure kept from being sent. A code outside the vendor's
    table says nothing for sure, so its receipt is still asked for.
    """
    return pc.and_not(pc.invert(has_final_receipt(table)), _was_never_sent(table))


def _was_never_sent(table: pa.Table) -> pa.ChunkedArray:
    failures = pa.array(sorted(DOCUMENTED_FAILURE_CODES), pa.int64())
    return pc.is_in(pc.abs(table["resp_code"]), value_set=failures)


@dataclass(frozen=True)
class Waiting:
    """How many landed messages of a day may still change.

    Attributes:
        open_receipts: those that wait for a receipt.
        missing_prices: those that should have a price and have none.
    """

    open_receipts: int
    missing_prices: int


@dataclass(frozen=True)
class WaitingDays:
    """The days of a period with messages that may still change.

    Attributes:
        days: only those with some, in order.
        unreadable: the days whose records could not be read, each with why.
    """

    days: dict[date, Waiting] = field(default_factory=dict)
    unreadable: dict[date, LakeError] = field(default_factory=dict)

    @property
    def open_receipts(self) -> int:
        """How many messages wait for a receipt."""
        return sum(waiting.open_receipts for waiting in self.days.values())

    @property
    def missing_prices(self) -> int:
        """How many messages should have a price and have none."""
        return sum(waiting.missing_prices for waiting in self.days.values())


def misses_price(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether it should have a price and has none that can be read.

    A message has a price when it was delivered, or accepted (no response code, 0, or a final
    receipt) without a documented failure; 0 is a price. One that was blocked or rejected has none.
    """
    delivered = pc.fill_null(pc.equal(table["dlr_code"], DELIVERED), False)
    rejected = pc.fill_null(pc.equal(table["dlr_code"], REJECTED), False)
    no_code = pc.fill_null(pc.equal(table["resp_code"], 0), True)
    refused = pc.or_(rejected, _was_never_sent(table))
    accepted = pc.and_not(pc.or_(no_code, has_final_receipt(table)), refused)
    return pc.and_(pc.is_null(table["price"]), pc.or_(delivered, accepted))


def count_waiting(lake: Lake, period: Window) -> WaitingDays:
    """Count the landed messages of a period that may still change, by GMT day.

    Raises:
        LakeError: the lake cannot be listed.
    """

    def count(day: date) -> Waiting | LakeError:
        receipts, prices = 0, 0
        try:
            for table in _read_day(lake, day, period, ["price"]):
                receipts += pc.sum(waits_for_receipt(table)).as_py() or 0
                prices += pc.sum(misses_price(table)).as_py() or 0
        except LakeError as error:  # the caller reports it: one bad day must not hide the others
            return error
        return Waiting(receipts, prices)

    days = _landed_days(lake, period)
    with ThreadPoolExecutor(thread_name_prefix="miatel-receipts") as pool:
        counts = dict(zip(days, pool.map(count, days), strict=True))
    return WaitingDays(
        {d: w for d, w in counts.items() if isinstance(w, Waiting) and w != Waiting(0, 0)},
        {d: error for d, error in counts.items() if isinstance(error, LakeError)},
    )


def count_open_receipts_by_day(lake: Lake, period: Window) -> dict[date, int]:
    """How many landed messages wait for a receipt, by GMT day; only days with some.

    Raises:
        LakeError: a day's file cannot be read.
    """
    waiting = count_waiting(lake, period)
    for error in waiting.unreadable.values():
        raise error
    counts = {day: found.open_receipts for day, found in waiting.days.items()}
    return {day: count for day, count in counts.items() if count}


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
        for table in _read_day(lake, day, period, columns):
            yield table.select(columns).filter(waits_for_receipt(table))


def _landed_days(lake: Lake, period: Window) -> list[date]:
    return [day for day in lake.days() if day_window(day).intersect(period)]


def _read_day(lake: Lake, day: date, period: Window, columns: list[str]) -> Iterator[pa.Table]:
    """A day's rows within the period, a row group at a time: their states and these columns."""
    path = day_file(day)
    is_cut = period.intersect(day_window(day)) != day_window(day)
    wanted = sorted({*_STATE, *columns, *([TIME_FIELD] if is_cut else [])})
    schema = pa.schema([RAW_SCHEMA.field(name) for name in wanted])
    file = lake.open_parquet(path)
    if file is None:
        return
    with closing(file):
        for index in range(file.metadata.num_row_groups):
            with lake_errors(lake.root, f"read at {path}"):
                table = file.read_row_group(index, columns=wanted, use_threads=False)
                table = table.select(wanted).cast(schema)  # a damaged footer may name others
            if is_cut:
                table = table.filter(pa.array(find_windows(times_of(table), [period]) >= 0))
            yield table
