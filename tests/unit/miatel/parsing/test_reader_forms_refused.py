"""A form that is cut, doubled, mixed or ambiguous is refused: no record is lost or invented."""

from __future__ import annotations

import json

import pytest

from miatel import AnswerForm, AnswerNotUnderstoodError, BrokenAnswerError
from miatel.parsing.fast import by_pieces
from miatel.parsing.reader import read_answer
from tests.support.forms import FORMS, render_array, render_map, render_object

RECORDS = [
    {"sms_hub_sms_id": f"{n}", "sms_hub_switch_id": "1",
     "sms_hub_sms_time": f'"2026-01-01T00:00:0{n}Z"', "message_body": '"a},{\\"b"'}
    for n in (3, 5, 8)
]  # fmt: skip
FIRST, SECOND, THIRD = map(render_object, RECORDS)
ARRAY, MAP = render_array(RECORDS), render_map(RECORDS)
TIME = '"sms_hub_sms_time":"2026-01-01T00:00:00Z"'
ONE, TWO = '"2026-01-01T00:00:03Z"', '"2026-01-01T00:00:05Z"'
TIMELESS = '{"sms_id":1,"price":1,"dlr_code":2}'
TIMES = f"[{ONE},{TWO}]"
TABLE, COLUMNS = FORMS["columns and rows"](RECORDS), FORMS["columns"](RECORDS)
REFUSALS = (BrokenAnswerError, AnswerNotUnderstoodError)


@pytest.fixture(params=[60, 1 << 21], ids=["small pieces", "one piece"], autouse=True)
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_pieces, "PIECE_BYTES", request.param)


@pytest.mark.parametrize("form", FORMS)
def test_cut_at_any_byte_it_is_refused_or_has_every_record(form: str) -> None:
    body = FORMS[form](RECORDS).encode()
    whole = read_answer(body).table
    ends = {at + 1 for at in range(len(body)) if body[at : at + 2] in (b"}\n", b"}\r")}
    for cut in range(len(body)):
        is_whole_lines = form.startswith("lines") and len(body[:cut].rstrip()) in ends
        try:
            table = read_answer(body[:cut]).table
        except REFUSALS:
            continue
        # A line that ends is a record that ends: only the connection can tell that more came.
        assert table == whole or is_whole_lines, (cut, body[:cut])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("between", ["", "\n", ","])
def test_sent_twice_it_is_refused(form: str, between: str) -> None:
    body = FORMS[form](RECORDS)
    with pytest.raises(REFUSALS):
        read_answer((body + between + body).encode())


TWICE = {
    "an id in a map": f'{{"3":{FIRST},"5":{SECOND},"3":{FIRST}}}',
    "an id in a map, written otherwise": f'{{"3":{FIRST},"5":{SECOND},"\\u0033":{THIRD}}}',
    "an id in a map below a key": f'{{"data":{{"3":{FIRST},"3":{THIRD}}}}}',
    "a map of maps": f'{{"1":{{"3":{FIRST}}},"1":{{"5":{SECOND}}}}}',
    "an id in a map in a statement": f'$D_={{"3":{FIRST},"3":{THIRD}}};',
    "a name in a header": f'[["sms_hub_sms_time","price","price"],[{ONE},1,1]]',
    "a name in a header, in another case": f'[["SMS_TIME","price","PRICE"],[{ONE},1,1]]',
    "a name under columns": f'{{"columns":["sms_hub_sms_time","a","a"],"rows":[[{ONE},1,1]]}}',
    "a list of columns": f'{{"sms_hub_sms_time":{TIMES},"a":[1,2],"a":[1,2]}}',
    "a list, in another case": f'{{"sms_hub_sms_time":{TIMES},"price":[1,2],"PRICE":[1,2]}}',
    "a list of times": f'{{"sms_hub_sms_time":{TIMES},"sms_hub_sms_time":{TIMES}}}',
    "rows": f'{{"columns":["sms_hub_sms_time"],"rows":[[{ONE}]],"rows":[]}}',
    "a statement": f"$D_=[{FIRST}];$D_=[{SECOND}];",
    "a statement, with other signs": f"$D_=[{FIRST}];D=[{SECOND}];",
    "a field in a map": f'{{"3":{{{TIME},"a":1,"a":1}}}}',
    "a field in another case": f'[{{{TIME},"price":1,"PRICE":1}}]',
    "a field with and without prefix": f'{{"3":{{{TIME},"sms_id":1,"sms_hub_sms_id":1}}}}',
    "the time": f'[{{{TIME},"SMS_TIME":"2026-01-01T00:00:00Z"}}]',
    "a field in a statement": f'$D_=[{{{TIME},"a":1,"a":1}}];',
    "a field on a line": f'{FIRST}\n{{{TIME},"a":1,"a":2}}\n',
    "a field within a row": f'[["sms_hub_sms_time","a"],[{ONE},{{"b":1,"b":1}}]]',
    "records in two maps": f'{{"a":{MAP},"b":{MAP}}}',
    "records in two tables": f'{{"a":{TABLE},"b":{TABLE}}}',
    "records in two lists of columns": f'{{"a":{COLUMNS},"b":{COLUMNS}}}',
    "records in two statements": f"$A={ARRAY};$B={ARRAY};",
    "lines": f"{FIRST}\n{SECOND}\n{FIRST}\n{SECOND}\n",
}


@pytest.mark.parametrize("what", TWICE)
def test_what_stands_twice_is_refused(what: str) -> None:
    with pytest.raises(REFUSALS):
        read_answer(TWICE[what].encode())


MIXED = {
    "an array and a map": (f'{{"a":[{FIRST}],"b":{{"5":{SECOND}}}}}', ["array", "map"]),
    "an array, then a map": (f'[{FIRST}]{{"5":{SECOND},"8":{THIRD}}}', ["array", "map"]),
    "an array and a table": (f'{{"a":[{FIRST},{SECOND}],"b":{TABLE}}}', ["array", "header"]),
    "a map and columns": (f'{{"a":{MAP},"b":{COLUMNS}}}', ["map", "column"]),
    "a table and columns": (f'{{"a":{TABLE},"b":{COLUMNS}}}', ["header", "column"]),
    "statements of both": (f'$A=[{FIRST}];$B={{"5":{SECOND}}};', ["array", "map"]),
    "lines and an array": (f"{FIRST}\n{SECOND}\n[{THIRD}]", ["line", "array"]),
    "lines and a map": (f'{FIRST}\n{SECOND}\n{{"8":{THIRD}}}', ["line", "map"]),
    "lines and an array below a key": (f'{FIRST}\n{{"a":[{THIRD}]}}', ["line", "array"]),
    "an array with an id beside": (f'{{"data":[{FIRST}],"5":{SECOND}}}', ["array", "map"]),
    "a table and columns in one": (
        f'{{"columns":["sms_hub_sms_time"],"rows":[[{ONE}]],"sms_hub_sms_time":[{ONE}]}}',
        ["header", "column"],
    ),
    "two lists of rows": (
        f'{{"columns":["sms_hub_sms_time"],"a":[[{ONE}]],"b":[[{TWO}]]}}',
        ["a", "b"],
    ),
    "two headers": (
        f'{{"c":["sms_hub_sms_time"],"d":["sms_hub_sms_time"],"a":[[{ONE}]]}}',
        ["c", "d"],
    ),
}


@pytest.mark.parametrize("what", MIXED)
def test_where_two_readings_are_possible_both_are_named(what: str) -> None:
    body, readings = MIXED[what]
    with pytest.raises(AnswerNotUnderstoodError) as caught:
        read_answer(body.encode())
    for reading in readings:
        assert reading in str(caught.value)


def test_the_owner_can_say_which_of_two_readings_is_right() -> None:
    body = f'{{"a":[{FIRST},{SECOND}],"b":{MAP}}}'.encode()
    for place, ids in (("/a", [3, 5]), ("/b", [3, 5, 8])):
        table = read_answer(body, form=AnswerForm(records_at=place)).table
        assert table["sms_hub_sms_id"].to_pylist() == ids


UNEQUAL = {
    "a short row": f'[["sms_hub_sms_time","a"],[{ONE},1],[{TWO}]]',
    "a long row": f'[["sms_hub_sms_time","a"],[{ONE},1,2]]',
    "a row that is none": f'[["sms_hub_sms_time","a"],[{ONE},1],null]',
    "a short row below columns": f'{{"columns":["sms_hub_sms_time","a"],"rows":[[{ONE}]]}}',
    "a row that is an object": f'{{"columns":["sms_hub_sms_time"],"rows":[[{ONE}],{FIRST}]}}',
    "a short column": f'{{"sms_hub_sms_time":{TIMES},"price":[1]}}',
    "a long column": f'{{"sms_hub_sms_time":{TIMES},"price":[1,2,3]}}',
    "an unknown short column": f'{{"sms_hub_sms_time":{TIMES},"campaign":[1]}}',
    "no column": f'{{"sms_hub_sms_time":{TIMES},"price":null}}',
    "an empty column": f'{{"sms_hub_sms_time":{TIMES},"price":[]}}',
    "an empty column of times": '{"sms_hub_sms_time":[],"price":[1,2]}',
    "a null in a map": f'{{"3":{FIRST},"5":null}}',
    "an empty entry in a map": f'{{"3":{FIRST},"5":{{}}}}',
    "an entry without a time": f'{{"3":{FIRST},"5":{{"sms_hub_sms_id":5}}}}',
    "an array in a map": f'{{"3":{FIRST},"5":[{SECOND}]}}',
    "an entry without an id": f'{{"3":{FIRST},"last":{SECOND}}}',
    "a time that is null in a table": '[["sms_hub_sms_time","a"],[null,1]]',
    "a line without a time": f'{FIRST}\n{{"sms_hub_sms_id":5,"price":1}}\n{THIRD}',
    "a last line without a time": f'{FIRST}\n{SECOND}\n{{"price":1,"dlr_code":2}}\n',
    "a last line whose time is spoilt": f"{FIRST}\n{SECOND.replace('sms_hub_sms', ' x')}",
    "a first line without a time": f'{{"sms_hub_sms_id":5}}\n{FIRST}\n{SECOND}',
    "a last line of an escaped name": f'{FIRST}\n{SECOND}\n{{"\\u0070rice":1}}',
    "a record without a time after an array": ARRAY + TIMELESS,
    "a record without a time beside": f'{{"data":{ARRAY},"x":{TIMELESS}}}',
    "a record without a time in a statement": f"$D={ARRAY};$X={TIMELESS};",
    "a bare value among lines": f"{FIRST}\n17\n{SECOND}",
    "a statement that is not whole": f"$D_=[{FIRST}",
    "two values in a statement": f"$D_=[{FIRST}][{SECOND}];",
    "a statement without a value": f"$D_=[{FIRST}];$N_=;",
    "code after a statement": f"$D_=[{FIRST}];load($D_);",
    "numbers and texts as times": f'[{FIRST},{{"sms_hub_sms_time":1767225600}}]',
    "texts and numbers as times": f'[{{"sms_hub_sms_time":1767225600}},{FIRST}]',
    "numbers and texts as times, by id": f'{{"3":{FIRST},"5":{{"sms_hub_sms_time":1767225600}}}}',
    "numbers and texts in a column": '{"sms_hub_sms_time":["2026-01-01T00:00:03Z",1767225600]}',
    "seconds and milliseconds": '{"sms_hub_sms_time":[1767225600,1767225600000]}',
    "a fraction of a second": '{"sms_hub_sms_time":[1767225600,1767225600.5]}',
    "a receipt in another unit": '{"sms_hub_sms_time":[1767225600],"dlr_time":[1767225600000]}',
    "a receipt as text": '{"sms_hub_sms_time":[1767225600,1767225601],'
    '"dlr_time":[1767225600,"2026-01-01T00:00:00Z"]}',
    "no time of the century": '{"sms_hub_sms_time":[17]}',
}  # fmt: skip


@pytest.mark.parametrize("what", UNEQUAL)
def test_what_does_not_fit_together_is_refused(what: str) -> None:
    with pytest.raises(REFUSALS):
        read_answer(UNEQUAL[what].encode())


def test_a_header_without_a_time_is_none() -> None:
    with pytest.raises(AnswerNotUnderstoodError):
        read_answer(json.dumps([["sms_hub_sms_id", "price"], [1, 2]]).encode())
