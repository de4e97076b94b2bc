"""A lake of 0.1.0 with a number erased: the next daily run refuses and doubles nothing."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq
import pytest

from miatel import RecipientKey, Window, day_window, open_lake, verify_lake
from miatel.schema import MDR_FIELDS
from tests.support.answering import answering
from tests.support.landed import extraction, utc
from tests.support.version_0_1_0 import Unpacked, unpack

NOW = utc(2026, 1, 10, 0, 5)
TODAY = Window(utc(2026, 1, 9), utc(2026, 1, 10))


@pytest.fixture
def old(tmp_path: Path) -> Unpacked:
    return unpack(tmp_path)


def rows_of(lake: Path) -> list[dict[str, Any]]:
    files = sorted(lake.glob("raw/mdr/*/mdr.parquet"))
    return [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]


def as_sent(row: dict[str, Any], erased_number: str) -> dict[str, Any]:
    """A landed row as the vendor sends it: he knows nothing of what was erased here."""
    sent = {name: row[name] for name in MDR_FIELDS if row[name] is not None}
    for name in ("sms_hub_sms_time", "dlr_time"):
        if name in sent:
            sent[name] = f"{sent[name]:%Y-%m-%dT%H:%M:%SZ}"
    if "price" in sent:
        sent["price"] = format(sent["price"].normalize(), "f")
    if "dst_num" not in sent:
        sent |= {"dst_num": erased_number, "message_body": "a text of before"}
    return sent | json.loads(row["extra"] or "{}")


def vendor(rows: list[dict[str, Any]], number: str) -> Any:
    def answer(path: str) -> tuple[int, bytes]:
        asked = parse_qs(urlsplit(path).query)
        start, end = (
            datetime.fromisoformat(asked[name][0]).replace(tzinfo=UTC)
            for name in ("time_beg", "time_end")
        )
        found = [
            as_sent(row, number)
            for row in rows
            if start <= row["sms_hub_sms_time"].replace(microsecond=0) <= end
        ]
        return 200, json.dumps(found).encode()

    return answering(answer)


def test_the_next_daily_run_refuses_and_doubles_nothing(old: Unpacked) -> None:
    number, key = old.facts["erased_number"], RecipientKey(old.facts["recipient_key"])
    before = rows_of(old.lake)
    assert sum(row["dst_num"] is None for row in before) > 10, "some of it was erased"
    with vendor(before, number) as (url, asked):
        daily = extraction(url, old.lake, clock=lambda: NOW, recipient_key=key)
        report = daily.land_interval(TODAY.start, TODAY.end, lookback_hours=72)
        # and an outage of 0.1.0's own time heals
        assert report.gap_seconds_left == 0
        history = extraction(url, old.lake, clock=lambda: NOW, recipient_key=key)
        history.land_range(utc(2026, 1, 3), TODAY.end, reload=True)
    assert asked
    after = rows_of(old.lake)
    kept = ("sms_hub_switch_id", "sms_hub_sms_id", "sms_hub_sms_time", "dst_num", "dlr_code")
    counted = [
        Counter(tuple(row[name] for name in kept) for row in rows) for rows in (before, after)
    ]
    assert counted[0] == counted[1]
    assert len({row["record_key"] for row in after}) == len(after)
    assert not any(number in str(value) for row in after for value in row.values())
    lake = open_lake(old.lake)
    assert verify_lake(lake).damaged == {}
    for day in old.facts["retired_days"]:
        entries = lake.coverage(datetime.fromisoformat(day).date())
        assert day_window(entries[0].window.start.date()).start == entries[0].window.start


def spoil(content: bytes, kind: str) -> bytes:
    """A day file as a bad disk may leave it."""
    middle = len(content) // 3
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    return {
        "pages": content[:middle] + bytes(400) + content[middle + 400 :],
        "footer": content[: footer + 30] + b"\xff" * 40 + content[footer + 70 :],
        "schema": content[:-300] + b"!" * 100 + content[-200:],
        "cut": content[:middle],
        "empty": b"",
    }[kind]


@pytest.mark.parametrize("kind", ["pages", "footer", "schema", "cut", "empty"])
def test_a_damaged_day_is_cured_by_its_reload(old: Unpacked, kind: str) -> None:
    number, key = old.facts["erased_number"], RecipientKey(old.facts["recipient_key"])
    before = rows_of(old.lake)
    path = old.lake / "raw/mdr/mdr_date=2026-01-04/mdr.parquet"
    path.write_bytes(spoil(path.read_bytes(), kind))
    with vendor(before, number) as (url, _):
        job = extraction(url, old.lake, clock=lambda: NOW, recipient_key=key)
        job.land_range(utc(2026, 1, 4), utc(2026, 1, 5), reload=True)
    assert Counter(row["sms_hub_sms_id"] for row in rows_of(old.lake)) == Counter(
        row["sms_hub_sms_id"] for row in before
    )
    assert verify_lake(open_lake(old.lake)).damaged == {}
