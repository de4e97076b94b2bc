"""Any list of records in any spelling becomes the table that it means, on either path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.parsing.envelope import open_envelope
from miatel.parsing.exact_json import load_documents
from miatel.parsing.fast import by_pieces
from miatel.parsing.reader import read_answer
from miatel.schema import ANSWER_SCHEMA
from tests.support.examples import examples
from tests.support.read_whole import records_to_table
from tests.support.spelled_records import SpelledAnswer, answers, rows_meant

PIECE_SIZES = st.sampled_from([1, 150, 600, 1 << 20])


@contextmanager
def pieces_of(size: int) -> Iterator[None]:
    """Have answers cut into pieces of about so many bytes, so that small ones have several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pieces, "PIECE_BYTES", size)
        yield


@given(answers(), PIECE_SIZES)
@examples(150)
def test_a_table_holds_what_the_records_mean(answer: SpelledAnswer, piece: int) -> None:
    with pieces_of(piece):
        records = read_answer(answer.body)
    assert records.table.schema == ANSWER_SCHEMA
    assert rows_meant(records.table) == answer.rows
    assert records.names == answer.names


@given(answers(), PIECE_SIZES)
@examples(100)
def test_both_paths_agree_to_the_letter(answer: SpelledAnswer, piece: int) -> None:
    contents = open_envelope(load_documents(answer.body, ""), "")
    with pieces_of(piece):
        fast = read_answer(answer.body).table
    assert fast.to_pylist() == records_to_table(contents.records, "").to_pylist()


NUMBERS = [
    "0", "-0", "-0.0", "1", "1.0", "1.5", "1e2", "1E+2", "1e-2", "0.1e1", "9223372036854775807",
    "9223372036854775808", "-9223372036854775809", "1e18", "1e19", "1e400", "12345678901.5",
    "9999999999.999999999999999999", "10000000000", "0.000000000000000001", "1e-19",
    "4722366482869645213696e38",
]  # fmt: skip
DIGITS = [
    "", " ", "0", "-0", "+5", " 5", "5 ", "007", "0x10", "0X1F", "1_0", "1.", ".5", "5.0", "1e2",
    "1E-2", "-1.25", "+1.25", "--1", "inf", "NaN", "null", "true", "ESME_X", "9223372036854775808",
    "10000000000", "9999999999.999999999999999999", "0.0000000000000000001", "1,5", "\u0663",
]  # fmt: skip
MOMENTS = [
    "", "0000-00-00 00:00:00", "2026-01-01", "2026-01-01T10", "2026-01-01 10Z", "2026-01-01T10:11",
    "2026-01-01T10:11Z", "2026-01-01T10:11:12", "2026-01-01 10:11:12Z", "2026-01-01T10:11:12ZZ",
    "2026-01-01TZ", "2026-01-01Z", "2026-01-01T101112Z", "2026-01-01T10:11:12.5",
    "2026-01-01T10:11:12.1234567Z", "2026-01-01T10:11:12+01:00", "2026-01-01T10:11:12+0100",
    "2026-01-01T10:11:12-00:30", "2026-01-01T10:11+01", "2026-01-01T24:00:00", "20260101", "soon",
    "2026-01-01T10:11:60Z", "2026-02-29", "0000-01-01", "0001-01-01T00:00:00Z", " 2026-01-01",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+01:00", "12026-01-01", "2026-01-01t10:11:12z",
]  # fmt: skip
OTHERS = ["true", "null", "[]", "[1]", '{"a":1}']
TEACHERS = ["null", '""', '"7"', "7", '"2026-01-01"', "7.5", "true", '"a"', "[7]", "1e30"]


def second_of_two(name: str, first: str, second: str) -> bytes:
    """Two records: from the first one's value the fast parser learns how to read the second's."""
    start = '{"sms_hub_sms_time":"2026-01-01T00:00:00Z",'
    return f'[{start}"{name}":{first}}},{start}"{name}":{second}}}]'.encode()


@pytest.mark.slow
@pytest.mark.parametrize("teacher", TEACHERS)
@pytest.mark.parametrize(
    ("name", "strings"),
    [
        ("dlr_code", DIGITS),
        ("price", DIGITS),
        ("dlr_time", MOMENTS),
        ("src_num", DIGITS),
        ("campaign", DIGITS),
    ],
)
def test_no_value_is_read_differently_after_what_came_before(
    name: str, strings: list[str], teacher: str
) -> None:
    column = name if name in ANSWER_SCHEMA.names else "extra"
    with pieces_of(1):
        for text in [*NUMBERS, *map(json.dumps, strings), *OTHERS]:
            body = second_of_two(name, teacher, text)
            contents = open_envelope(load_documents(body, ""), "")
            expected = records_to_table(contents.records, "")[column].to_pylist()
            assert read_answer(body).table[column].to_pylist() == expected, text


def test_unknown_fields_stand_in_one_order_whatever_the_records_order() -> None:
    start = '{"sms_hub_sms_time":"2026-01-01T00:00:00Z",'
    records = [start + '"zeta":"z","alpha":1,"mid":true}', start + '"mid":false,"alpha":2}'] * 3
    with pieces_of(1):
        extra = read_answer(f"[{','.join(records)}]".encode()).table["extra"].to_pylist()
    assert extra == ['{"alpha":1,"mid":true,"zeta":"z"}', '{"alpha":2,"mid":false}'] * 3
