from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from miatel_simulator import Simulator, SimulatorConfig

pytestmark = pytest.mark.slow

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
END = START + timedelta(minutes=30)
LATEST = timedelta(hours=72)


def rows_at(moment: datetime) -> list[dict[str, object]]:
    simulator = Simulator(SimulatorConfig(messages_per_day=500_000, now=moment))
    return simulator.truth(START, END).to_pylist()


def test_receipts_are_known_from_their_own_second_on() -> None:
    final = rows_at(END + LATEST)
    moment = END + timedelta(seconds=5)
    early = rows_at(moment)
    assert len(early) == len(final) > 5_000
    for now, later in zip(early, final, strict=True):
        arrived = later["dlr_time"] is not None and later["dlr_time"] <= moment
        if arrived and later["dlr_code"] != 6:
            assert now == later
        else:
            assert now["dlr_code"] in (None, 1, 6)
            assert (now["dlr_time"] is not None) == (now["dlr_code"] == 6)
        changing = ("dlr_code", "dlr_time")
        assert {k: v for k, v in now.items() if k not in changing} == {
            k: v for k, v in later.items() if k not in changing
        }


def test_nothing_changes_after_the_longest_delay() -> None:
    assert rows_at(END + LATEST) == rows_at(END + 10 * LATEST)


def test_some_receipts_take_days_and_most_take_seconds() -> None:
    delays = sorted(
        row["dlr_time"] - row["sms_hub_sms_time"]  # type: ignore[operator]
        for row in rows_at(END + LATEST)
        if row["dlr_time"] is not None
    )
    assert delays[len(delays) // 2] < timedelta(minutes=1)
    assert timedelta(hours=48) < delays[-1] <= LATEST
    assert delays[0] >= timedelta(seconds=1)


def test_refused_messages_have_a_code_no_receipt_and_no_price() -> None:
    refused = [row for row in rows_at(END + LATEST) if row["resp_code"] != 0]
    codes = {row["resp_code"] for row in refused}
    assert {5010, 5050, 88, 1009, 10, 4711} <= codes
    assert any(code < 0 for code in codes)
    assert {(row["dlr_code"], row["dlr_time"]) for row in refused} == {(None, None)}
    assert {row["price"] for row in refused} == {0}


def test_every_kind_of_ending_occurs() -> None:
    codes = Counter(row["dlr_code"] for row in rows_at(END + LATEST))
    assert {2, 3, 4, 5, 7, 8, 42} <= set(codes)
    assert codes[2] > 0.8 * codes.total()


def test_an_account_has_one_currency() -> None:
    pairs = {(row["username"], row["sms_hub_currency_name"]) for row in rows_at(END)}
    assert len(pairs) == len({username for username, _ in pairs}) > 5
