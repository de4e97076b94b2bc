"""Records that come again: nothing is lost, doubled or changed, in whichever order answers land."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import (
    DamagedFileError,
    Lake,
    RecipientKey,
    RetiredDayError,
    SuspectShrinkError,
    Window,
    day_window,
    erase_number,
    open_lake,
    retire_day,
)
from miatel.identity.landing_counts import LandingCounts
from miatel.lake.coverage import decode_late_records
from miatel.lake.day_file import DayFile
from miatel.lake.lake import day_file
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.sink import LakeSink
from miatel.limits import FINAL_DLR_CODES
from miatel.privacy.erased_numbers import clearing_of
from tests.support.examples import examples
from tests.support.raw_rows import MIDNIGHT, REQUESTED_AT, accepted, at, between

HOUR = timedelta(hours=1)
DAY = MIDNIGHT.date()
WHOLE = day_window(DAY)
KEY = RecipientKey("a key of the tests, not short")
NUMBER, OTHER = "79001112233", "79001112234"
Record = dict[str, Any]


def sms(number: int | None, second: int = 1, **more: Any) -> Record:
    node = None if number is None else 1
    return {
        "sms_hub_switch_id": node, "sms_hub_sms_id": number, "sms_hub_sms_time": at(second)
    } | more  # fmt: skip


def land(
    lake: Lake,
    records: list[Record],
    hours: float = 0,
    window: Window = WHOLE,
    *,
    allow_shrink: bool = False,
    reload: bool = False,
    key: RecipientKey = KEY,
) -> LandingCounts:
    sink = LakeSink(
        lake,
        f"run {hours}",
        allow_shrink,
        reload=reload,
        find_clearing=lambda: clearing_of(lake, key),
    )
    sink.add(accepted(window, records, REQUESTED_AT + hours * HOUR))
    sink.finish_days([])
    for error in (*sink.suspects, *sink.damaged):
        raise error
    return sink.counts


def landed(lake: Lake) -> list[Record]:
    file = lake.open_checked(day_file(DAY))
    assert file is not None
    with file:
        return file.read().to_pylist()


def footer(lake: Lake) -> dict[bytes, bytes]:
    file = lake.open_parquet(day_file(DAY))
    assert file is not None
    with file:
        return dict(file.metadata.metadata)


def test_an_id_used_twice_in_a_day_is_two_records_in_one_window_and_in_two(tmp_path: Path) -> None:
    rows = [sms(7, 3_600), sms(7, 82_800)]
    one, two = open_lake(tmp_path / "one"), open_lake(tmp_path / "two")
    assert land(one, rows).records_sharing_id == 2
    land(two, rows[:1], window=between(0, 43_200))
    land(two, rows[1:], window=between(43_200, 86_400))
    assert landed(one) == landed(two)
    assert len(landed(one)) == 2


def test_a_record_that_is_gone_is_missed_though_another_came(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(n, n) for n in (1, 2, 3)])
    before = landed(lake)
    with pytest.raises(SuspectShrinkError, match="1 of the records that are landed") as caught:
        land(lake, [sms(n, n) for n in (2, 3, 4)], 1)
    assert landed(lake) == before
    assert "run with allow_shrink" in str(caught.value)
    land(lake, [sms(n, n) for n in (2, 3, 4)], 1, allow_shrink=True)
    assert [row["sms_hub_sms_id"] for row in landed(lake)] == [2, 3, 4]


def test_an_error_tells_no_number_and_no_id(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(987654, dst_num=NUMBER, message_id="secret-id", message_body="secret")])
    with pytest.raises(SuspectShrinkError) as caught:
        land(lake, [], 1)
    assert not any(text in str(caught.value) for text in ("987654", NUMBER, "secret"))


@pytest.mark.parametrize("first_one", [True, False])
def test_an_older_answer_lands_what_it_has_and_takes_nothing_away(
    tmp_path: Path, first_one: bool
) -> None:
    """Two runs may overlap: the answer that was given earlier is landed later."""
    old = ([sms(1, dlr_code=1, price=1, src_num="A"), sms(2)], 0)
    new = ([sms(1, dlr_code=2, src_num="B"), sms(2), sms(3)], 1)
    lake = open_lake(tmp_path)
    for records, hours in (old, new) if first_one else (new, old):
        land(lake, records, hours)
    assert [row["sms_hub_sms_id"] for row in landed(lake)] == [1, 2, 3]
    (row, *_) = landed(lake)
    assert (row["dlr_code"], row["price"], row["src_num"]) == (2, 1, "B")
    (entry,) = lake.coverage(DAY)
    assert (entry.answered_at or entry.requested_at) == REQUESTED_AT + HOUR
    assert entry.rows == 3


def test_what_did_not_have_its_ids_then_is_the_same_record_now(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    same = {"dst_num": NUMBER, "message_body": "hi"}
    land(lake, [sms(None, dlr_code=2, **same), sms(5, 2)])
    land(lake, [sms(1, dlr_code=None, price=1, message_id="a", **same), sms(5, 2)], 1)
    row, _ = landed(lake)
    assert (row["sms_hub_sms_id"], row["message_id"], row["dlr_code"]) == (1, "a", 2)
    assert row["first_seen_at"] == row["state_seen_at"] == REQUESTED_AT
    assert row["extracted_at"] == row["price_seen_at"] == REQUESTED_AT + HOUR


def nameless(*states: tuple[int | None, int | None]) -> list[Record]:
    return [
        sms(None, dst_num=NUMBER, message_body="hi", dlr_code=code, price=price)
        for code, price in states
    ]


def states_landed(lake: Lake) -> Counter[tuple[int | None, int | None]]:
    return Counter((row["dlr_code"], row["price"]) for row in landed(lake))


def test_records_without_an_id_are_landed_as_often_as_they_come(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    once = nameless((2, 1), (None, None), (1, None), (1, None))
    assert land(lake, once).records_without_id == 4
    before = landed(lake)
    for hours, records in enumerate(permutations(once), 1):
        land(lake, list(records), hours)
        assert landed(lake) == before
    land(lake, nameless((1, None), (1, None), (1, None), (1, None)), 30)
    assert states_landed(lake) == {(2, 1): 1, (1, None): 3}
    with pytest.raises(SuspectShrinkError, match="1 of the records"):
        land(lake, nameless((2, 1), (1, None), (1, None)), 31)
    counts = land(lake, nameless((2, 1), (5, 1), (1, None), (1, None), (1, 1)), 32)
    assert counts.late_records == 1
    assert states_landed(lake) == {(2, 1): 1, (5, 1): 1, (1, None): 2, (1, 1): 1}


CODES = st.sampled_from([None, 1, 6])
FINALS = st.sampled_from([None, *FINAL_DLR_CODES])
MESSAGE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["named", "bulk", "nameless", "optional"]),
        "second": st.integers(0, 2),
        "recipient": st.sampled_from([NUMBER, OTHER]),
        "final": st.tuples(FINALS, st.integers(0, 4)),
        "price": st.tuples(st.sampled_from([None, 0, 1]), st.integers(0, 4)),
        "text": st.integers(0, 4),
        "appears": st.integers(0, 2),
    }
)


def as_seen(number: int, message: Record, moment: int) -> Record:
    """What the vendor says of a message at a moment: no value ever comes back."""
    kind = message["kind"]
    final, final_at = message["final"]
    price, price_at = message["price"]
    record = sms(
        number if kind in ("named", "optional") else None,
        message["second"],
        dst_num=message["recipient"],
        message_id="bulk" if kind == "bulk" else f"m{number}" if kind == "optional" else "0",
        segment_num=number if kind == "bulk" else None,
        dlr_code=final if moment >= final_at else None if moment < 1 else 1,
        price=price if moment >= price_at else None,
        message_body="" if kind == "nameless" else "new" if moment >= message["text"] else "old",
    )
    if kind == "optional" and moment % 2:  # not sent each time
        record |= {"message_id": None, "dst_num": None}
    return record


@given(st.lists(MESSAGE, min_size=1, max_size=5), st.permutations(range(5)))
@examples(30)
def test_the_order_in_which_answers_are_landed_plays_no_part(
    messages: list[Record], order: list[int]
) -> None:
    answers = [
        [as_seen(n, m, moment) for n, m in enumerate(messages, 1) if m["appears"] <= moment]
        for moment in range(5)
    ]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for root, moments in ((one, range(5)), (other, order)):
            for moment in moments:
                land(open_lake(root), answers[moment], moment)
        assert_same_values(landed(open_lake(one)), landed(open_lake(other)))
        assert len(landed(open_lake(one))) == len(messages)
        before = landed(open_lake(other))
        land(open_lake(other), answers[4], 9)
        assert landed(open_lake(other)) == before


def assert_same_values(one: list[Record], other: list[Record]) -> None:
    """The same rows but for when an optional part, which came and went, was last seen."""
    alike = [[row | {"extracted_at": None} for row in rows] for rows in (one, other)]
    nameless_rows = [[r for r in rows if r["record_key"].startswith("::::")] for rows in alike]
    times = dict.fromkeys(("first_seen_at", "state_seen_at", "price_seen_at"))
    for rows, without in zip(alike, nameless_rows, strict=True):
        for row in without:  # which of equal records was seen first nobody can tell
            row.update(times)
        rows.sort(key=lambda row: row["record_key"])
    assert alike[0] == alike[1]


def test_both_recipients_of_a_bulk_send_are_erased_and_still_two(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    bulk = [
        sms(None, message_id="bulk", segment_num=1, dst_num=to, message_body="hi", dlr_code=code)
        for to, code in ((NUMBER, 2), (OTHER, 1))
    ]
    land(lake, [*bulk, sms(3, 9)])
    for to in (NUMBER, OTHER):
        erase_number(lake, KEY, to, REQUESTED_AT)
    erased = landed(lake)
    assert [row["dst_num"] for row in erased] == [None] * 3
    keys = [row["record_key"] for row in erased]
    assert keys[1] == keys[0] + "#1"
    for hours in (1, 2):
        assert land(lake, [*bulk, sms(3, 9)], hours).late_records == 0
        assert landed(lake) == erased
    bulk[1] |= {"dlr_code": 5}
    land(lake, [*bulk, sms(3, 9)], 3)
    assert [row["dlr_code"] for row in landed(lake)][:2] == [5, 2]
    assert len({row["record_key"] for row in landed(lake)}) == 3


def test_a_changed_key_of_the_recipients_doubles_nothing(tmp_path: Path) -> None:
    """The list of erased numbers is made anew under the new key; what was cleared stays cleared."""
    lake = open_lake(tmp_path)
    rows = [
        sms(None, message_id=f"{NUMBER}-1", dst_num=NUMBER, username="acme", message_body="hi"),
        sms(4, 2, dst_num=NUMBER, username=f"u{NUMBER}"),
        sms(5, 3, dst_num=OTHER),
    ]
    land(lake, rows)
    erase_number(lake, KEY, NUMBER, REQUESTED_AT)
    (tmp_path / "erased/numbers.json").unlink()
    new_key = RecipientKey("another key of the tests, longer")
    erase_number(lake, new_key, NUMBER, REQUESTED_AT)
    assert land(lake, rows, 1, key=new_key).late_records == 0
    assert len(landed(lake)) == 3
    assert not any(NUMBER in str(row) for row in landed(lake))
    (tmp_path / "erased/numbers.json").unlink()
    assert land(open_lake(tmp_path), rows, 2).late_records == 0
    assert len(landed(lake)) == 3


def test_late_records_are_counted_and_noted_in_the_footer(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    assert land(lake, [sms(1, 10)], window=between(0, 3_600)).late_records == 0
    assert land(lake, [sms(2, 3_700)], window=between(3_600, 7_200)).late_records == 0
    assert decode_late_records(footer(lake)) == []
    counts = land(lake, [sms(n, 1_000 * n) for n in range(3, 9)] + [sms(1, 10), sms(2, 3_700)], 2)
    assert counts.late_records == 5  # the seconds from 7,200 on had never been asked for
    (entry,) = json.loads(footer(lake)[b"miatel.late_records"])
    found = REQUESTED_AT + 2 * HOUR
    hours = -int((at(3_000) - found).total_seconds() // 3_600)
    assert entry == {
        "found_at": f"{found:%Y-%m-%dT%H:%M:%S.%fZ}", "run_id": "run 2", "rows": 5,
        "most_hours": hours, "first_received_at": "2026-03-01T00:50:00.000000Z",
        "last_received_at": "2026-03-01T01:56:40.000000Z",
    } | {"last_received_at": f"{at(7_000):%Y-%m-%dT%H:%M:%S.%fZ}"}  # fmt: skip
    all_of_them = [sms(n, 1_000 * n) for n in range(3, 10)] + [sms(1, 10), sms(2, 3_700)]
    assert land(lake, all_of_them, 3).late_records == 1
    assert land(lake, all_of_them, 4).late_records == 0
    assert [(late.run_id, late.rows) for late in decode_late_records(footer(lake))] == [
        ("run 2", 5),
        ("run 3", 1),
    ]


def test_two_different_final_states_of_a_record_are_told(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(1, dlr_code=2), sms(2, dlr_code=2), sms(3, dlr_code=1)])
    counts = land(lake, [sms(1, dlr_code=5), sms(2, dlr_code=2), sms(3, dlr_code=5)], 1)
    assert counts.conflicting_final_states == 1
    assert [row["dlr_code"] for row in landed(lake)] == [5, 2, 5]


def add_entries(path: Path, entries: dict[bytes, bytes], lake: Lake) -> None:
    """What a later version may have written beside the coverage."""
    file = pq.ParquetFile(path)
    rows = file.read()
    coverage = lake.coverage(DAY)
    writer = RowGroupWriter(path)
    writer.write(rows)
    writer.close(coverage, entries)


def test_entries_of_the_footer_that_nobody_knows_stay(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(1)])
    add_entries(tmp_path / day_file(DAY), {b"miatel.later": b"7", b"other": b"x"}, lake)
    land(lake, [sms(1, dlr_code=2), sms(2)], 1)
    assert footer(lake)[b"miatel.later"] == b"7"
    assert footer(lake)[b"other"] == b"x"
    retire_day(lake, DAY, lake.coverage(DAY), REQUESTED_AT)
    land(lake, [sms(1), sms(2)], 2, reload=True)
    assert footer(lake)[b"miatel.later"] == b"7"
    assert b"miatel.late_records" in footer(lake)
    assert b"miatel.retired_at" not in footer(lake)
    assert len(landed(lake)) == 2


def damage(lake: Lake, tmp_path: Path, place: float) -> None:
    path = tmp_path / day_file(DAY)
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("place", [0.001, 0.1, 0.9, 0.9999])
def test_a_damaged_day_is_cured_by_a_reload_of_all_of_it(
    tmp_path: Path, place: float, caplog: pytest.LogCaptureFixture
) -> None:
    lake = open_lake(tmp_path)
    rows = [sms(n, n, dlr_code=2) for n in range(1, 50)]
    land(lake, rows)
    damage(lake, tmp_path, place)
    content = (tmp_path / day_file(DAY)).read_bytes()
    with pytest.raises(DamagedFileError, match="reload"):
        land(lake, rows, 1)
    with pytest.raises(DamagedFileError):
        land(lake, rows, 1, between(0, 60), reload=True)
    assert (tmp_path / day_file(DAY)).read_bytes() == content
    land(lake, [row | {"dlr_code": 1} for row in rows], 1, reload=True)
    assert [row["dlr_code"] for row in landed(lake)] == [1] * 49
    assert "could not be carried over" in caplog.text


def test_of_a_damaged_day_the_counts_are_compared(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(n, n) for n in range(1, 50)])
    damage(lake, tmp_path, 0.1)
    with pytest.raises(SuspectShrinkError, match="49 were landed"):
        land(lake, [sms(1)], 1, reload=True)
    land(lake, [sms(1)], 1, reload=True, allow_shrink=True)
    assert len(landed(lake)) == 1


def test_a_retired_day_comes_back_by_reload_alone(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(1), sms(2)])
    retire_day(lake, DAY, lake.coverage(DAY), REQUESTED_AT)
    with pytest.raises(RetiredDayError, match="with reload"):
        land(lake, [sms(1), sms(2)], 1)
    assert land(lake, [sms(1), sms(3)], 1, reload=True).late_records == 0
    assert [row["sms_hub_sms_id"] for row in landed(lake)] == [1, 3]


def test_landing_a_day_says_what_it_found(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(1, dlr_code=2)])
    answer = accepted(WHOLE, [sms(1, dlr_code=5), sms(2)], REQUESTED_AT + HOUR)
    file = DayFile(lake, DAY)
    sink = LakeSink(lake, "run")
    sink.add(answer)
    sink.finish_days([])
    assert sink.counts == LandingCounts(late_records=1, conflicting_final_states=1)
    file.add(answer.rows, lake.coverage(DAY)[0])
    assert file.land() == LandingCounts()


def test_prices_are_kept_exactly(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    price = Decimal("0.005")
    land(lake, [sms(1, dlr_code=2, price=Decimal(0))])
    land(lake, [sms(1, dlr_code=1, price=price, sms_hub_mccmnc_id=525001)], 1)
    (row,) = landed(lake)
    assert (row["dlr_code"], row["price"], row["sms_hub_mccmnc_id"]) == (2, price, 525001)


def test_moments_are_those_of_the_answers(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, [sms(1)])
    land(lake, [sms(1, dlr_code=1)], 1)
    (row,) = landed(lake)
    times: dict[str, datetime | None] = {n: row[n] for n in row if n.endswith("seen_at")}
    assert times == {
        "first_seen_at": REQUESTED_AT, "state_seen_at": REQUESTED_AT + HOUR, "price_seen_at": None
    }  # fmt: skip
    assert row["extracted_at"] == REQUESTED_AT
