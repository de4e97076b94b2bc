"""Which records are the same one, and which of two states of it is the later one."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.errors import AnswerNotUnderstoodError
from miatel.identity import drop_repeated, settle_states, sort_rows
from miatel.limits import FINAL_DLR_CODES
from tests.support.raw_rows import REQUESTED_AT, at, raw_rows

CODES = [None, 1, 2, 3, 4, 5, 6, 7, 8, 42]
LATER = REQUESTED_AT + timedelta(hours=5)


def sms(number: int, **more: Any) -> dict[str, Any]:
    known = {"sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": at(number)}
    return known | {"extracted_at": REQUESTED_AT} | more


def test_the_same_number_on_another_node_is_another_record() -> None:
    rows = [sms(7), sms(7, sms_hub_switch_id=2), sms(7, sms_hub_switch_id=3)]
    assert drop_repeated(raw_rows(rows), "").num_rows == 3


def test_without_a_node_the_message_and_its_segment_tell_records_apart() -> None:
    rows = [
        {"sms_hub_sms_time": at(0), "sms_hub_sms_id": 5, "message_id": "a", "segment_num": 1},
        {"sms_hub_sms_time": at(0), "sms_hub_sms_id": 5, "message_id": "a", "segment_num": 2},
        {"sms_hub_sms_time": at(0), "sms_hub_sms_id": 5, "message_id": "b", "segment_num": 1},
        {"sms_hub_sms_time": at(0), "sms_hub_sms_id": 6, "message_id": "a", "segment_num": 1},
    ]
    assert drop_repeated(raw_rows(rows), "").num_rows == 3


def test_both_kinds_of_identity_may_stand_in_one_answer() -> None:
    rows = [sms(1, message_id="a", segment_num=1), {"message_id": "a", "segment_num": 1}]
    assert drop_repeated(raw_rows(rows), "").num_rows == 2


@pytest.mark.parametrize("nameless", [{}, {"sms_hub_sms_id": 5}, {"sms_hub_switch_id": 1}])
def test_a_record_without_any_identity_is_refused(nameless: dict[str, Any]) -> None:
    with pytest.raises(AnswerNotUnderstoodError, match="asked: 1 records"):
        drop_repeated(raw_rows([sms(1), nameless]), "asked")


def test_segments_without_a_number_are_refused_where_they_differ() -> None:
    first = {"sms_hub_sms_time": at(0), "message_id": "a", "message_body": "Dear "}
    second = {"sms_hub_sms_time": at(1), "message_id": "a", "message_body": "Bob"}
    other = {"sms_hub_sms_time": at(1), "message_id": "b", "message_body": "Bob"}
    assert drop_repeated(raw_rows([first, first, other]), "").num_rows == 2
    with pytest.raises(AnswerNotUnderstoodError, match="asked: "):
        drop_repeated(raw_rows([first, second, other]), "asked")


def test_of_a_repeated_record_the_final_then_the_latest_state_stays() -> None:
    states = [
        sms(1, dlr_code=1, dlr_time=at(90)),
        sms(1, dlr_code=None),
        sms(1, dlr_code=5, dlr_time=at(50)),
        sms(1, dlr_code=2, dlr_time=at(60)),
        sms(2),
    ]
    for order in permutations(states):
        kept = sort_rows(drop_repeated(raw_rows(order), "")).to_pylist()
        assert [row["dlr_code"] for row in kept] == [2, None]


@pytest.mark.parametrize("before", CODES)
@pytest.mark.parametrize("now", CODES)
def test_a_final_receipt_never_goes_back(before: int | None, now: int | None) -> None:
    landed = raw_rows([sms(1, dlr_code=before, dlr_time=at(5), price=1)])
    answer = raw_rows([sms(1, dlr_code=now, dlr_time=at(9), price=2, extracted_at=LATER)])
    (row,) = settle_states(landed, answer).to_pylist()
    stays = before in FINAL_DLR_CODES and now not in FINAL_DLR_CODES
    assert row == (landed if stays else answer).to_pylist()[0]


VALUES = st.sampled_from([None, "a", "b", ""])
ROWS = st.dictionaries(
    st.integers(1, 6), st.tuples(st.sampled_from(CODES), VALUES, VALUES), max_size=5
)


@given(ROWS, ROWS)
def test_only_what_changed_is_extracted_anew(
    before: dict[int, tuple[Any, ...]], now: dict[int, tuple[Any, ...]]
) -> None:
    def table(state: dict[int, tuple[Any, ...]], extracted_at: Any) -> list[dict[str, Any]]:
        return [
            sms(n, dlr_code=code, src_num=text, extra=extra, extracted_at=extracted_at)
            for n, (code, text, extra) in state.items()
        ]

    settled = settle_states(raw_rows(table(before, REQUESTED_AT)), raw_rows(table(now, LATER)))
    assert settled["sms_hub_sms_id"].to_pylist() == list(now)
    for row in settled.to_pylist():
        number = row["sms_hub_sms_id"]
        was, new = before.get(number), now[number]
        went_back = was is not None and was[0] in FINAL_DLR_CODES and new[0] not in FINAL_DLR_CODES
        kept = was if went_back else new
        assert (row["dlr_code"], row["src_num"], row["extra"]) == kept
        assert row["extracted_at"] == (REQUESTED_AT if kept == was else LATER)
