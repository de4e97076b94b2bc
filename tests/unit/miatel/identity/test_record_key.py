"""The key of a record: what is no id is absent, and nothing is one record unless it must be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.identity.record_key import (
    has_any_id,
    has_message_id,
    has_platform_id,
    number_equal_keys,
    plain_keys,
    without_number,
)
from tests.support.raw_rows import at, raw_rows

NO_IDS = [
    None, "", " ", "\t", "\u00a0", "\u200b", "0", "000", "0.0", "-", "null", "NULL", "None", "nil",
    "00000000-0000-0000-0000-000000000000", "erased:0123456789abcdef0123456789abcdef",
]  # fmt: skip
IDS = ["1", "-1", "0a", "nullable", "e", "n", "1111e111-2d22-3c33-4b44-55555a555555", "erased:7"]
KNOWN = {
    "sms_hub_switch_id": 1, "sms_hub_sms_id": 7, "message_id": "a", "segment_num": 1,
    "dst_num": "6581231223", "sms_hub_sms_time": at(0),
}  # fmt: skip
MORE = {
    "src_num": "SHOP", "username": "acme", "segment_id": "37", "segment_total": 2,
    "message_body": "hello", "remote_ip": "10.0.0.1",
}  # fmt: skip
NAMELESS = KNOWN | MORE | {"sms_hub_switch_id": None, "message_id": None}


def keys_of(*rows: dict[str, Any]) -> list[str]:
    return plain_keys(raw_rows(rows)).to_pylist()


def is_one(first: dict[str, Any], second: dict[str, Any]) -> bool:
    one, other = keys_of(first, second)
    return one == other


@pytest.mark.parametrize("text", NO_IDS)
def test_a_message_id_that_says_nothing_is_absent(text: str | None) -> None:
    table = raw_rows([KNOWN | {"message_id": text}])
    assert has_message_id(table).to_pylist() == [False]
    assert is_one(KNOWN | {"message_id": text}, KNOWN | {"message_id": None})


@pytest.mark.parametrize("text", IDS)
def test_any_other_message_id_tells_records_apart(text: str) -> None:
    assert has_message_id(raw_rows([{"message_id": text}])).to_pylist() == [True]
    assert not is_one(KNOWN | {"message_id": text}, KNOWN | {"message_id": None})


@pytest.mark.parametrize(
    ("switch", "number", "has_id"),
    [(1, 7, True), (0, 7, False), (1, 0, False), (None, 7, False), (1, None, False)],
)
def test_an_id_of_the_platform_is_a_node_and_a_number(
    switch: int | None, number: int | None, has_id: bool
) -> None:
    table = raw_rows([{"sms_hub_switch_id": switch, "sms_hub_sms_id": number, "message_id": "0"}])
    assert has_platform_id(table).to_pylist() == [has_id]
    assert has_any_id(table).to_pylist() == [has_id]


@pytest.mark.parametrize("name", ["sms_hub_switch_id", "sms_hub_sms_id", "segment_num"])
def test_zero_is_absent_in_a_number(name: str) -> None:
    assert is_one(KNOWN | {name: 0}, KNOWN | {name: None})
    assert not is_one(KNOWN | {name: 0}, KNOWN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sms_hub_switch_id", 2), ("sms_hub_sms_id", 8), ("message_id", "b"), ("segment_num", 2),
        ("dst_num", "6581231224"), ("sms_hub_sms_time", at(1)),
        ("sms_hub_sms_time", at(0.000001)),
    ],
)  # fmt: skip
def test_each_part_tells_records_apart(name: str, value: Any) -> None:
    assert not is_one(KNOWN, KNOWN | {name: value})
    if name != "sms_hub_sms_time":  # without which nothing is a record
        assert not is_one(KNOWN, KNOWN | {name: None})


@pytest.mark.parametrize(
    "spelling",
    ["+6581231223", "006581231223", "65 8123 1223", "65\u201181231223", "\uff16\uff1581231223"],
)
def test_a_recipient_is_one_however_it_is_spelled(spelling: str) -> None:
    assert is_one(KNOWN, KNOWN | {"dst_num": spelling})


@pytest.mark.parametrize("text", [None, "", " ", "0", "000000", "-"])
def test_a_recipient_that_says_nothing_is_absent(text: str | None) -> None:
    assert is_one(KNOWN | {"dst_num": None}, KNOWN | {"dst_num": text})


@pytest.mark.parametrize(
    "changed",
    [
        {"price": 1}, {"sms_hub_currency_name": "EUR"}, {"sms_hub_mccmnc_id": 525001},
        {"dlr_code": 2}, {"dlr_time": at(9)}, {"resp_code": 5}, {"extra": '{"a":1}'},
        {"sms_hub_mccmnc_name": "Singapore - Singtel"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("row", [KNOWN, NAMELESS])
def test_what_may_change_is_no_part(row: dict[str, Any], changed: dict[str, Any]) -> None:
    assert is_one(row, row | changed)


@pytest.mark.parametrize("name", MORE)
def test_a_record_without_an_id_has_more_in_its_key(name: str) -> None:
    other: Any = 3 if name == "segment_total" else "other"
    assert not is_one(NAMELESS, NAMELESS | {name: other})
    assert is_one(KNOWN | MORE, KNOWN | MORE | {name: other})
    nothing: Any = 0 if name == "segment_total" else " "
    assert is_one(NAMELESS | {name: None}, NAMELESS | {name: nothing})


TEXTS = st.text("a:%#=0 1", max_size=6)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_text_looks_like_two_parts(one: str, to: str, other: str, whom: str) -> None:
    first = KNOWN | {"message_id": one, "dst_num": to}
    second = KNOWN | {"message_id": other, "dst_num": whom}
    parts = [
        (plain_keys(raw_rows([KNOWN | {name: row[name]}])).to_pylist()[0])
        for row in (first, second)
        for name in ("message_id", "dst_num")
    ]
    assert is_one(first, second) == (parts[0] == parts[2] and parts[1] == parts[3])


@given(st.lists(st.fixed_dictionaries({"message_id": TEXTS, "dst_num": TEXTS}), max_size=12))
def test_a_key_is_the_same_whatever_stands_beside_it(rows: list[dict[str, str]]) -> None:
    rows = [KNOWN | {"sms_hub_sms_id": None} | row for row in rows]
    assert keys_of(*rows) == [key for row in rows for key in keys_of(row)]


@given(st.lists(st.sampled_from([*map(str, range(4)), "a#1:", "a#1"]), max_size=12))
def test_equal_keys_are_numbered_and_the_number_comes_off_again(texts: list[str]) -> None:
    keys = plain_keys(raw_rows([NAMELESS | {"dst_num": text} for text in texts]))
    numbered = number_equal_keys(keys)
    assert len(set(numbered.to_pylist())) == len(texts)
    assert without_number(numbered).to_pylist() == keys.to_pylist()
    assert numbered.to_pylist()[:1] == keys.to_pylist()[:1]
