"""Which landed messages wait for a receipt, and the windows that ask for all of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import receipts
from miatel.lake import Lake, open_lake
from miatel.landing import LakeSink
from miatel.receipts import bridge_seconds, count_open_receipts, find_receipt_windows
from miatel.windows import Window, merge_windows, subtract_windows
from tests.support.raw_rows import accepted, at, between, raw_rows

MOST = receipts.RECORDS_PER_REQUEST
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


SECONDS = st.lists(st.tuples(st.integers(0, 3 * MOST), st.booleans()), max_size=12)


@given(SECONDS)
def test_waiting_seconds_are_bridged_where_that_costs_less_than_a_request(
    seconds: list[tuple[int, bool]],
) -> None:
    landed = np.array([count for count, _ in seconds], dtype=np.int64)
    wanted = [place for place, (_, waits) in enumerate(seconds) if waits]
    runs = bridge_seconds(np.array(wanted, dtype=np.int64), landed)
    inside = [second for first, end in runs for second in range(first, end)]
    assert inside == sorted(set(inside))
    assert set(wanted) <= set(inside)
    assert all(first in wanted for first, _ in runs)
    if not wanted:
        assert runs == []
        return
    edges = [*wanted, len(landed)]  # what follows is asked for anyway
    for before, after in pairwise(edges):
        between_them = range(before + 1, after)
        is_bridged = sum(int(landed[s]) for s in between_them) <= MOST
        assert all((second in inside) == is_bridged for second in between_them)


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


def test_windows_hold_every_waiting_message_of_the_period(lake: Lake) -> None:
    for period in (between(-DAY, DAY), between(-20, 20), between(-9, 11), between(-10, 10)):
        windows = find_receipt_windows(lake, period)
        waiting = [s for s in (-10, 0, 10) if period.start <= at(s) < period.end]
        assert subtract_windows([between(s, s + 1) for s in waiting], windows) == []
        assert subtract_windows(windows, [period]) == []
        assert merge_windows(windows) == windows
        assert count_open_receipts(lake, period) == len(waiting)


def test_nothing_is_asked_for_where_nothing_waits(lake: Lake) -> None:
    for period in (between(1, 10), between(11, DAY), between(-DAY, -10), between(DAY, 3 * DAY)):
        assert find_receipt_windows(lake, period) == []
        assert count_open_receipts(lake, period) == 0


def test_a_lake_without_days_has_nothing_that_waits(tmp_path: Path) -> None:
    empty = open_lake(tmp_path / "none")
    assert find_receipt_windows(empty, Window(at(0), at(DAY))) == []
    assert count_open_receipts(empty, Window(at(0), at(DAY))) == 0
