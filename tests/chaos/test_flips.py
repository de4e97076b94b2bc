"""600 flipped bits of a day file, each followed by what a daily run and a build do with it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from miatel import Lake, LakeError, MiatelError, day_window, open_lake
from miatel.extraction import read_landed_days
from miatel.history import past_traffic
from miatel.lake.lake import day_file
from miatel.lake.sink import LakeSink
from miatel.refetch.receipts import count_waiting
from miatel_warehouse.check import damaged_days
from tests.support.raw_rows import MIDNIGHT, REQUESTED_AT, accepted, at, between

FLIPS = 600
DAY = MIDNIGHT.date()
WHOLE = day_window(DAY)
PART = between(100, 400)
LATER = REQUESTED_AT + timedelta(days=1)


def sms(number: int, **more: Any) -> dict[str, Any]:
    return {
        "sms_hub_switch_id": 1, "sms_hub_sms_id": number + 1, "sms_hub_sms_time": at(number),
        "dst_num": f"65{number:08}", "message_body": f"text {number}", "price": 1,
        "message_id": f"{number:032x}", "dlr_code": 2 if number % 3 else 1,
    } | more  # fmt: skip


RECORDS = [sms(number) for number in range(500)]


def land(lake: Lake, window: Any, moment: datetime) -> LakeSink:
    inside = [r for r in RECORDS if window.start <= r["sms_hub_sms_time"] < window.end]
    sink = LakeSink(lake, "run")
    sink.add(accepted(window, inside, moment))
    sink.finish_days([])
    return sink


def rows_of(path: Path, lake: Lake) -> list[dict[str, Any]]:
    with lake.open_checked(day_file(DAY)) as file:
        return file.read().to_pylist()


def test_no_flipped_bit_reaches_a_table_or_gets_a_digest_of_its_own(
    tmp_path: Path, seed: int
) -> None:
    """A daily run plans by footers and rows, then lands a part and the whole of the day again."""
    lake = open_lake(tmp_path)
    land(lake, WHOLE, REQUESTED_AT)
    path = tmp_path / day_file(DAY)
    whole, truth = path.read_bytes(), rows_of(path, lake)
    chance, seen = random.Random(seed), Counter[str]()
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    for number in range(FLIPS):
        start = len(whole) - footer if number % 2 else 0  # half of them in the footer
        place = chance.randrange(8 * start, 8 * len(whole))
        spoilt = bytearray(whole)
        spoilt[place // 8] ^= 1 << (place % 8)
        path.write_bytes(spoilt)
        assert DAY in damaged_days(lake, [DAY]), "a build would read it"
        for step in (plan, land_part, land_whole):
            seen[step(lake)] += 1
            now = path.read_bytes()
            assert now == spoilt, f"bit {place}: the damaged file was made into another one"
        path.write_bytes(whole)
    assert rows_of(path, lake) == truth
    assert seen["landed"] == 0
    assert seen["refused"] > FLIPS


def plan(lake: Lake) -> str:
    """What a run reads before it asks: it may be stopped by it, or learn nothing wrong."""
    landed = read_landed_days(lake)
    try:
        past_traffic(lake, [between(86_400, 90_000)])
        count_waiting(lake, WHOLE)
    except MiatelError:
        return "refused"
    if DAY in landed.days:
        assert landed.days[DAY].covered == [WHOLE]
    return "planned"


def land_part(lake: Lake) -> str:
    return _try(lake, PART)


def land_whole(lake: Lake) -> str:
    return _try(lake, WHOLE)


def _try(lake: Lake, window: Any) -> str:
    try:
        sink = land(lake, window, LATER)
    except LakeError:
        return "refused"
    return "landed" if sink.landed_days else "refused"


def test_a_reload_of_the_whole_day_cures_it(tmp_path: Path, seed: int) -> None:
    lake = open_lake(tmp_path)
    land(lake, WHOLE, REQUESTED_AT)
    path = tmp_path / day_file(DAY)
    truth = rows_of(path, lake)
    content = bytearray(path.read_bytes())
    content[random.Random(seed).randrange(len(content) // 2)] ^= 16
    path.write_bytes(content)
    sink = LakeSink(lake, "run", reload=True)
    sink.add(accepted(WHOLE, RECORDS, REQUESTED_AT))
    sink.finish_days([])
    assert sink.landed_days == [DAY]
    assert rows_of(path, lake) == truth
