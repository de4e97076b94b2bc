"""Within one answer: each record once, no repeat loses anything, and the order plays no part."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.identity.deduplication import key_rows, rekey_rows
from miatel.identity.landing_counts import LandingCounts
from miatel.identity.seen_times import add_seen_times
from miatel.lake.sink import rows_of
from miatel.limits import FINAL_DLR_CODES
from tests.support.raw_rows import REQUESTED_AT, as_read, at, between

CODES = [None, 1, 2, 3, 4, 5, 6, 7, 8, 42]


def sms(number: int | None, second: int = 0, **more: Any) -> dict[str, Any]:
    known = {"sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": at(second)}
    return known | more


def keyed(rows: list[dict[str, Any]], counts: LandingCounts | None = None) -> list[dict[str, Any]]:
    return rows_of(as_read(rows), between(0, 90_000), REQUESTED_AT, "", counts).to_pylist()


NO_ID = {"sms_hub_switch_id": None, "sms_hub_sms_id": None, "message_id": ""}


@pytest.mark.parametrize(
    "nothing",
    [
        NO_ID,
        {"sms_hub_sms_id": 0, "sms_hub_switch_id": 0},
        {"sms_hub_sms_id": 0, "sms_hub_switch_id": 1, "message_id": "0"},
        {"sms_hub_sms_id": 5, "sms_hub_switch_id": None, "message_id": " "},
    ],
)
def test_ids_that_say_nothing_make_nothing_one(nothing: dict[str, Any]) -> None:
    rows = [sms(1, dst_num=f"790011122{n}", resp_code=5010) | nothing for n in range(3)]
    counts = LandingCounts()
    assert len(keyed(rows, counts)) == 3
    assert counts == LandingCounts(records_without_id=3)
    seconds = [sms(1, n, dst_num="79001112233") | nothing for n in range(3)]
    assert len(keyed(seconds)) == 3


def test_an_id_that_is_used_again_is_told_and_both_records_stay() -> None:
    counts = LandingCounts()
    rows = [sms(7, 3_600), sms(7, 82_800), sms(8), sms(7, sms_hub_switch_id=2)]
    assert [row["sms_hub_sms_id"] for row in keyed(rows, counts)] == [8, 7, 7, 7]
    assert counts == LandingCounts(records_sharing_id=2)


@pytest.mark.parametrize("number", [None, 1])
def test_a_bulk_send_under_one_message_id_is_a_record_each(number: int | None) -> None:
    ids = [number and number + n for n in range(3)]
    rows = [
        sms(one, message_id="bulk", segment_num=1, dst_num=f"790011122{n}")
        for n, one in enumerate(ids)
    ]
    counts = LandingCounts()
    assert len(keyed([*rows, sms(9, message_id="bulk", segment_num=2)], counts)) == 4
    assert counts == LandingCounts(records_sharing_id=3)


@pytest.mark.parametrize("length", [4, 5, 36, 40])
@given(data=st.data())
def test_records_that_share_an_id_are_counted_exactly(length: int, data: Any) -> None:
    drawn = data.draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)),
            max_size=9,
        )
    )
    rows = [
        sms(
            number, second, sms_hub_switch_id=node,
            message_id="0" if message == 0 else f"{message}" * length, segment_num=node,
        )
        for second, (node, number, message, _) in enumerate(drawn)
    ]  # fmt: skip
    counts = LandingCounts()
    keyed(rows, counts)
    named = [(node, number) if node and number else None for node, number, _, _ in drawn]
    parts = [(message, node) if message else None for node, _, message, _ in drawn]
    shared = sum(
        (one is not None and named.count(one) > 1) or (part is not None and parts.count(part) > 1)
        for one, part in zip(named, parts, strict=True)
    )
    assert counts.records_sharing_id == shared
    without = sum(one is None and part is None for one, part in zip(named, parts, strict=True))
    assert counts.records_without_id == without


def test_a_repeat_loses_neither_price_nor_receipt_nor_text_whatever_the_order() -> None:
    repeats = [
        sms(1, dlr_code=1, dlr_time=at(90), price=Decimal("0.05"), sms_hub_currency_name="EUR"),
        sms(1, dlr_code=None, message_body="hello"),
        sms(1, dlr_code=5, dlr_time=at(50)),
        sms(1, dlr_code=2, dlr_time=at(60), resp_code=0),
        sms(2),
    ]
    for order in permutations(repeats):
        counts = LandingCounts()
        first, second = keyed(list(order), counts)
        assert second["sms_hub_sms_id"] == 2
        assert (first["dlr_code"], first["dlr_time"], first["resp_code"]) == (2, at(60), 0)
        assert (first["price"], first["sms_hub_currency_name"]) == (Decimal("0.05"), "EUR")
        assert first["message_body"] == "hello"
        assert first["state_seen_at"] == first["price_seen_at"] == REQUESTED_AT
        assert counts == LandingCounts(repeats_dropped=3, conflicting_final_states=1)


def test_what_could_not_be_read_of_a_state_or_a_price_goes_with_it() -> None:
    repeats = [
        sms(1, dlr_code=2, extra='{"dlr_time":"soon","price":"dear","tag":"z"}'),
        sms(1, dlr_time=at(60), extra='{"dlr_code":"DELIVRD","tag":1.50}'),
        sms(1, price=Decimal("0.05"), extra='{"price":"0.05 EUR"}'),
    ]
    for order in permutations(repeats):
        (row,) = keyed(list(order))
        assert (row["dlr_code"], row["dlr_time"]) == (2, None)
        assert row["price"] == Decimal("0.05")
        assert row["extra"] == '{"dlr_time":"soon","price":"0.05 EUR","tag":1.5}'


def test_a_state_that_could_not_be_read_is_one() -> None:
    repeats = [sms(1, resp_code=0), sms(1, extra='{"dlr_code":"DELIVRD"}')]
    for order in permutations(repeats):
        (row,) = keyed(list(order))
        assert (row["resp_code"], row["extra"]) == (None, '{"dlr_code":"DELIVRD"}')
        assert row["state_seen_at"] == REQUESTED_AT
    (row,) = keyed([sms(1, extra='{"of":{"dlr_code":"DELIVRD"}}')])
    assert row["state_seen_at"] is None


def test_a_record_without_an_id_is_kept_as_often_as_it_comes_and_numbered_by_value() -> None:
    same = NO_ID | {"dst_num": "79001112233", "message_body": "hi"}
    states = [
        sms(1, dlr_code=1, dlr_time=at(90)) | same,
        sms(1, dlr_code=2, dlr_time=at(50)) | same,
        sms(1, dlr_code=5, dlr_time=at(60)) | same,
        sms(1, price=Decimal("0.1")) | same,
        sms(1) | same,
    ]
    for order in permutations(states):
        rows = keyed(list(order))
        assert [row["dlr_code"] for row in rows] == [5, 2, 1, None, None]
        assert [row["price"] for row in rows[3:]] == [Decimal("0.1"), None]
        numbers = [row["record_key"].rpartition(":")[2].partition("#")[2] for row in rows]
        assert numbers == ["", "1", "2", "3", "4"]


ROW = st.fixed_dictionaries(
    {
        "sms_hub_switch_id": st.sampled_from([None, 0, 1, 2]),
        "sms_hub_sms_id": st.sampled_from([None, 0, 1, 2]),
        "message_id": st.sampled_from([None, "", "0", "a", "b"]),
        "segment_num": st.sampled_from([None, 1]),
        "dst_num": st.sampled_from([None, "79001112233", "+7 900 111-22-33", "79001112234"]),
        "sms_hub_sms_time": st.sampled_from([at(0), at(1), at(1.5)]),
        "message_body": st.sampled_from([None, "", "a"]),
        "dlr_code": st.sampled_from(CODES),
        "dlr_time": st.sampled_from([None, at(5), at(6)]),
        "price": st.sampled_from([None, Decimal(0), Decimal("0.05")]),
        "sms_hub_mccmnc_id": st.sampled_from([None, 1, 2]),
        "extra": st.sampled_from(
            [None, '{"dlr_code":"A"}', '{"dlr_time":"B","price":"C"}', '{"dlr_code":"D","tag":1}']
        ),
    }
)


@given(st.lists(ROW, max_size=9), st.randoms())
def test_the_order_of_the_records_plays_no_part(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    counts, others = LandingCounts(), LandingCounts()
    once = keyed(rows, counts)
    assert keyed(shuffled, others) == once
    assert counts == others
    assert len({row["record_key"] for row in once}) == len(once)
    assert len(once) + counts.repeats_dropped == len(rows)
    assert rekey_rows(pa.Table.from_pylist(once, rows_schema())).to_pylist() == once


def rows_schema() -> pa.Schema:
    return add_seen_times(as_read([]), pa.array([], pa.timestamp("us", "UTC"))).schema


@given(st.lists(ROW, max_size=9))
def test_nothing_of_a_repeat_is_lost(rows: list[dict[str, Any]]) -> None:
    merged = keyed(rows)
    for name in ("price", "dlr_code", "dlr_time", "message_body", "sms_hub_mccmnc_id"):
        if any(row[name] is not None for row in rows):
            known = [row for row in merged if row[name] is not None]
            assert known, name
    came = [row for row in rows if row["dlr_code"] in FINAL_DLR_CODES]
    final = {row["record_key"] for row in merged if row["dlr_code"] in FINAL_DLR_CODES}
    for row in came:
        (key,) = {one["record_key"] for one in keyed([row])}
        assert key in final


def test_erased_rows_that_became_equal_are_numbered() -> None:
    rows = keyed(
        [
            sms(None, message_id="bulk", segment_num=1, dst_num=f"790011122{n}", dlr_code=n)
            for n in (1, 2)
        ]
    )
    cleared = pa.Table.from_pylist([row | {"dst_num": None} for row in rows], rows_schema())
    keys = rekey_rows(cleared)["record_key"].to_pylist()
    assert keys == [keys[0], keys[0] + "#1"]
    assert rekey_rows(cleared)["dlr_code"].to_pylist() == [2, 1]


def test_key_rows_needs_no_order() -> None:
    table = add_seen_times(
        as_read([sms(2, 5), sms(1, 3), sms(3, 4)]),
        pa.array([REQUESTED_AT + timedelta(0)] * 3, pa.timestamp("us", "UTC")),
    )
    assert key_rows(table)["sms_hub_sms_id"].to_pylist() == [1, 3, 2]
