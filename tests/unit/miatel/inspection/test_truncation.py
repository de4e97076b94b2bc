"""Which records a truncated answer holds, inferred from what it has of two short windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from miatel import Window
from miatel.inspection.truncation import find_truncation
from tests.support.raw_rows import as_read, at, between

CAP = 200
RECORDS = [
    {"sms_hub_switch_id": n % 4 + 1, "sms_hub_sms_id": n + 1, "sms_hub_sms_time": at(n)}
    for n in range(1000)
]


def by_node(records: list[Any]) -> list[Any]:
    return sorted(records, key=lambda record: record["sms_hub_switch_id"])[:CAP]


CUTS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "first": lambda records: records[:CAP],
    "last": lambda records: records[-CAP:],
    "by node": by_node,
    "some": lambda records: records[:: len(records) // CAP][:CAP],
}


@pytest.mark.parametrize("kept", CUTS)
def test_each_way_to_cut_is_told(kept: str) -> None:
    asked: list[Window] = []

    def ask(window: Window) -> pa.Table:
        asked.append(window)
        found = [r for r in RECORDS if window.start <= r["sms_hub_sms_time"] < window.end]
        return as_read(CUTS[kept](found) if len(found) > CAP else found)

    found = find_truncation(ask, between(0, 1000), CAP)
    assert found.held == kept
    assert (found.asked, len(asked)) == (3, 3)


def test_quiet_ends_are_not_clear() -> None:
    def ask(window: Window) -> pa.Table:
        found = [r for r in RECORDS if window.start <= r["sms_hub_sms_time"] < window.end]
        return as_read(found[:CAP])

    assert find_truncation(ask, between(-90_000, 90_000), CAP).held == "unclear"
