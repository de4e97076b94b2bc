"""Which landed messages wait for a receipt, and which should have a price and have none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from miatel import Lake, LakeError, Window, open_lake
from miatel.lake.lake import day_file
from miatel.lake.sink import LakeSink
from miatel.refetch import receipts
from miatel.refetch.receipts import Waiting, WaitingDays, count_open_receipts_by_day, count_waiting
from tests.support.raw_rows import accepted, at, between, raw_rows

DAY = 86_400


@pytest.mark.parametrize(
    ("dlr_code", "resp_code", "waits"),
    [
        (None, None, True), (1, 0, True), (6, 0, True), (None, 0, True), (42, 0, True),
        (2, 0, False), (3, 0, False), (4, 0, False), (5, 0, False), (7, 0, False), (8, 0, False),
        (None, 10, False), (None, -10, False), (1, 5085, False), (None, -1001, False),
        (None, 4711, True), (None, 5086, True), (1, -77001, True), (2, 5050, False),
    ],
)  # fmt: skip
def test_only_what_may_still_get_a_receipt_waits(
    dlr_code: int | None, resp_code: int | None, waits: bool
) -> None:
    table = raw_rows([{"dlr_code": dlr_code, "resp_code": resp_code}])
    assert receipts.waits_for_receipt(table).to_pylist() == [waits]


PRICE = Decimal("0.05")


@pytest.mark.parametrize(
    ("dlr_code", "resp_code", "price", "misses"),
    [
        (2, 0, None, True), (2, 0, PRICE, False), (2, 0, Decimal(0), False),
        (2, 5050, None, True), (None, 0, None, True), (6, 0, None, True), (1, None, None, True),
        (5, 0, None, True), (3, 4711, None, True), (5, 0, Decimal(0), False),
        (8, 0, None, False), (1, 4711, None, False), (None, 10, None, False),
        (None, -10, None, False), (5, 5085, None, False), (1, -1001, None, False),
    ],
)  # fmt: skip
def test_a_message_that_was_not_refused_has_a_price_and_0_is_one(
    dlr_code: int | None, resp_code: int | None, price: Decimal | None, misses: bool
) -> None:
    table = raw_rows([{"dlr_code": dlr_code, "resp_code": resp_code, "price": price}])
    assert receipts.misses_price(table).to_pylist() == [misses]


def sms(number: int, second: int, dlr_code: int | None) -> dict[str, Any]:
    return {"sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": at(second),
            "dlr_code": dlr_code, "resp_code": 0}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two days: 30 messages around midnight, those of every tenth second waiting."""
    found = open_lake(tmp_path)
    rows = [sms(n, n, 1 if n % 10 == 0 else 2) for n in range(-15, 15)]
    sink = LakeSink(found, "run")
    sink.add(accepted(between(-DAY, DAY), rows))
    sink.finish_days([])
    return found


def test_what_waits_is_counted_by_day_within_the_period(lake: Lake) -> None:
    first, second = at(-DAY).date(), at(0).date()
    whole = count_waiting(lake, between(-DAY, DAY))
    assert whole.days == {first: Waiting(1, 15), second: Waiting(2, 15)}
    assert (whole.open_receipts, whole.missing_prices) == (3, 30)
    for period in (between(-20, 20), between(-9, 11), between(-10, 10)):
        waiting = [s for s in (-10, 0, 10) if period.start <= at(s) < period.end]
        assert count_waiting(lake, period).open_receipts == len(waiting)
        counts = count_open_receipts_by_day(lake, period)
        assert sum(counts.values()) == len(waiting)
        assert 0 not in counts.values()


def test_nothing_waits_where_no_message_does(lake: Lake) -> None:
    for period in (between(1, 10), between(11, DAY), between(-DAY, -10), between(DAY, 3 * DAY)):
        assert count_waiting(lake, period).open_receipts == 0
        assert count_open_receipts_by_day(lake, period) == {}


def test_a_day_that_cannot_be_read_hides_no_other(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / day_file(at(0).date())).write_bytes(b"no Parquet")
    waiting = count_waiting(lake, between(-DAY, DAY))
    assert list(waiting.days) == [at(-DAY).date()]
    assert list(waiting.unreadable) == [at(0).date()]
    with pytest.raises(LakeError, match="2026-03-01"):
        count_open_receipts_by_day(lake, between(-DAY, DAY))


def test_a_lake_without_days_has_nothing_that_waits(tmp_path: Path) -> None:
    empty = open_lake(tmp_path / "none")
    assert count_waiting(empty, Window(at(0), at(DAY))) == WaitingDays()
