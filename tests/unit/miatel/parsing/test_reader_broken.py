"""A body that is cut or spoilt is refused, or read in full: never with fewer records."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import AnswerNotUnderstoodError, BrokenAnswerError, MiatelError
from miatel.parsing.fast import by_pieces
from miatel.parsing.reader import read_answer
from tests.support.examples import examples
from tests.support.spelled_records import SpelledAnswer, answers, rows_meant

TIME = '"sms_hub_sms_time":"2026-01-01T00:00:00Z"'
ONE = "{" + TIME + ',"message_id":"a"}'
NESTS = [10, 200, 330, 500, 700, 900, 990, 1_500, 20_000]


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pieces, "PIECE_BYTES", 200)
        yield


@given(answers(), st.data())
@examples(150)
def test_cut_anywhere_an_answer_is_whole_or_broken(answer: SpelledAnswer, data: st.DataObject):
    cut = data.draw(st.integers(0, len(answer.body) - 1))
    try:
        records = read_answer(answer.body[:cut])
    except BrokenAnswerError:
        return
    except AnswerNotUnderstoodError:
        # All that came is a whole document without records: the geo names before them.
        assert not answer.body[:cut].decode(errors="ignore").count("sms_hub_sms_time")
        return
    assert rows_meant(records.table) == answer.rows


def test_cut_at_every_byte_no_record_is_lost() -> None:
    texts = ["plain", 'quo"te', "},{", "Ü😀\n"]
    records = [
        {"sms_hub_sms_time": "2026-01-01T00:00:00Z", "message_body": t, "n": n, "price": 0.05}
        for n, t in enumerate(texts)
    ]
    for body in (
        json.dumps(records, separators=(",", ":")),
        json.dumps({"status": "ok", "data": records, "names": {"525001": "Ü"}}, ensure_ascii=False),
        json.dumps(records) + json.dumps({"525001": "Ü"}),
    ):
        whole = body.encode()
        for cut in range(len(whole)):
            try:
                table = read_answer(whole[:cut]).table
            except BrokenAnswerError:
                continue
            assert table["message_body"].to_pylist() == texts
            assert whole[:cut].decode().count("]") == 1


@given(answers(), st.data())
@examples(150)
def test_a_spoilt_byte_never_costs_a_record(answer: SpelledAnswer, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answer.body) - 1))
    spoilt = bytearray(answer.body)
    spoilt[place] = data.draw(st.sampled_from(list(b'{}[]:,"\\\x00\xff 0a')))
    try:
        table = read_answer(bytes(spoilt)).table
    except MiatelError:
        return
    assert table.num_rows == len(answer.rows)


NOT_STRICT = [
    '[{%s,"dlr_code":2,"dlr_code":3}]',
    '[{%s,"x":1,"x":1}]',
    '[{%s,"x":{"y":1,"y":2}}]',
    '{"data":[{%s}],"data":[]}',
    '{"n":1,"n":2,"data":[{%s}]}',
    '[{%s,"price":NaN}]',
    '[{%s,"x":Infinity}]',
    '[{%s,"x":-Infinity}]',
    '[{%s,"x":01}]',
    '[{%s,"x":+1}]',
    '[{%s,"x":.5}]',
    '[{%s,"x":1.}]',
    '[{%s,"x":0x10}]',
    "[{%s,'x':1}]",
    "[{%s,x:1}]",
    '[{%s,"x":"a\tb"}]',
    '[{%s,"src_num":"a\nb"}]',
    '[{%s,"x":"\\x"}]',
    '[{%s,"x":"\\u12"}]',
    '[{%s,"x":True}]',
    '[{%s,"x":1}/* comment */]',
    "[{%s},]",
    "[{%s,}]",
    "[{%s}{%s}]",
    "[{%s};{%s}]",
    "[{%s}]]",
    "[{%s}] trailing words that are no JSON",
    "{%s}\n{%s}",
    '[{%s,"x":' + "9" * 5_000 + "}]",
    '[{%s,"x":1e99999999999999999999}]',
]  # fmt: skip


@pytest.mark.parametrize("before", ["", ONE + ",", (ONE + ",") * 5])
@pytest.mark.parametrize("body", NOT_STRICT)
def test_what_is_not_strictly_json_is_refused(body: str, before: str) -> None:
    whole = body.replace("%s", TIME).replace("[{", "[" + before + "{", 1)
    with pytest.raises((AnswerNotUnderstoodError, BrokenAnswerError)):
        read_answer(whole.encode())


@pytest.mark.parametrize(
    "bad",
    [b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xfe\xff",
     b"\xf4\x90\x80\x80", "ü".encode("latin-1"), "text".encode("utf-16")],
)  # fmt: skip
@pytest.mark.parametrize("place", ['"src_num":"%s"', '"x":"%s"', '"%s":1', '"price":"%s"'])
def test_bad_utf8_is_refused_wherever_it_stands(bad: bytes, place: str) -> None:
    for before in ("", ONE + ","):
        body = f"[{before}{{{TIME},{place}}}]".encode().replace(b"%s", bad)
        with pytest.raises((AnswerNotUnderstoodError, BrokenAnswerError)):
            read_answer(body)


def test_lone_surrogates_are_kept_as_they_came() -> None:
    half = "\\ud83d"
    values = f'"message_body":"a{half}","campaign":"{half}b","na{half}":{{"x":["{half}"]}}'
    for before in (0, 1, 4):
        table = read_answer(f"[{(ONE + ',') * before}{{{TIME},{values}}},{ONE}]".encode()).table
        assert table["message_body"][before].as_py() == "a\ufffd"
        extra = json.loads(table["extra"][before].as_py())
        assert extra == {
            "message_body": f"a{half}",
            "campaign": f"{half}b",
            f"na{half}": {"x": [half]},
        }


@pytest.mark.parametrize("depth", NESTS)
@pytest.mark.parametrize(
    "body",
    ["%s", '{"data":%s}', "[{TIME,\"x\":%s}]", "[ONE,{TIME,\"x\":%s}]", '{"e":%s,"data":[ONE]}'],
)  # fmt: skip
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nested_junk_is_read_or_refused(body: str, depth: int, opening: str, closing: str) -> None:
    nest = opening * depth + "1" * (opening != "[") + closing * depth
    whole = body.replace("TIME", TIME).replace("ONE", ONE).replace("%s", nest)
    try:
        table = read_answer(whole.encode()).table
    except MiatelError:
        return
    assert table.num_rows == whole.count("sms_hub_sms_time")


def test_huge_integers_are_kept_to_the_last_digit() -> None:
    huge = "123456789012345678901234567890" * 5
    for before in (0, 1, 4):
        body = f'[{(ONE + ",") * before}{{{TIME},"dlr_code":{huge},"n":-{huge},"dst_num":{huge}}}]'
        row = read_answer(body.encode()).table.to_pylist()[before]
        assert row["dlr_code"] is None
        assert row["dst_num"] == huge
        assert json.loads(row["extra"]) == {"dlr_code": int(huge), "n": -int(huge)}
