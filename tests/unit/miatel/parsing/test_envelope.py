"""An answer is "no traffic" or "all there is" only with proof; in doubt it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import (
    AnswerForm,
    AnswerNotUnderstoodError,
    BrokenAnswerError,
    FatalError,
    IncompleteAnswerError,
    MiatelError,
    SettingError,
)
from miatel.mdr_names import MDR_NAMES
from miatel.parsing.reader import read_answer
from miatel.schema import MDR_FIELDS

DOCUMENTED = (
    "sms_hub_mccmnc_id", "src_num", "dst_num", "username", "message_body", "segment_num",
    "dlr_code", "message_id",
)  # fmt: skip


def record(number: int, **more: Any) -> dict[str, Any]:
    moment = f"2026-01-01T00:00:{number:02d}Z"
    fields = {"sms_hub_sms_id": number, "sms_hub_sms_time": moment, "sms_hub_switch_id": 1}
    return fields | {name: str(number) for name in DOCUMENTED} | more


R1, R2, R3, R4 = (record(number) for number in range(1, 5))
THREE = [R1, R2, R3]


def rows(body: Any, form: AnswerForm | None = None) -> int:
    """How many records are read of a body, given as JSON or as text."""
    text = body if isinstance(body, str) else json.dumps(body)
    return read_answer(text.encode(), "asked for X", form or AnswerForm()).table.num_rows


NOT_NO_TRAFFIC = [
    {"data": False, "names": []},
    {"data": None, "names": []},
    {"data": 0, "names": []},
    {"data": "", "names": []},
    {"data": {}, "names": []},
    {"data": {}, "sms": []},
    {"D": False, "N": []},
    {"D": None, "list": []},
    "$D_=false;$N_=[];",
    "$C_=null;\n$names=[];",
    {"data": None, "rows": []},
    {"result": False, "names": []},
    {"names": []},
    {"geo": []},
    {"networks": {"list": []}},
    {"countries": [], "operators": []},
    {"errors": []},
    {"error": []},
    {"error_list": []},
    {"warnings": []},
    {"failures": {"data": []}},
    {"notices": []},
    {"columns": []},
    {"meta": {"filters": []}},
    {"links": [], "total": 0},
    {"sms_count": 5, "data": []},
    {"count": 3, "data": []},
    {"data": [], "total_records": "3"},
    {"totalRecords": 3, "data": []},
    {"recordsFiltered": 3, "data": []},
    {"data": [], "meta": {"total": 250}},
    {"data": [], "sent": 5},
    {"data": [], "delivered": "12"},
    {"data": [], "cost": 12.5},
    {"data": [], "note": "service unavailable"},
    {"data": [], "note": "x"},
    {"data": [], "hint": {"text": "use another host"}},
    {"data": [], "comment": "maintenance until noon"},
    {"status": "ok", "data": [], "message": "Too many connections"},
    {"status": "ok", "data": [], "info": "database gone"},
    {"success": True, "data": [], "detail": "timed out"},
    {"status": "partial", "data": []},
    {"data": [], "maintenance": True},
    {"data": [], "cached_only": True},
    {"data": [], "format": "error"},
    {"data": [], "server": "sms-hub2 is overloaded"},
    {"data": [], "queue": ["x"]},
    {"data": [], "errors": [{"code": 5010, "text": "table is locked"}]},
    {"data": [], "messages": [{"code": 5010, "text": "table is locked"}]},
    {"rows": [{"id": 12345, "when": "2026-01-01 00:00:00", "to": "a"}], "data": []},
    {"has_more": True, "data": []},
    {"data": [], "truncated": "yes"},
    {"data": [], "complete": False},
    {"data": [], "next": "/main-getData.php?page=2"},
    '{"data":false}[]',
    '{"data":null}[]',
    '{"status":"ok"}[]',
    "{}[]",
    '[]"closed for maintenance"',
    "[]true",
    "[]7",
    "[][0]",
    '{"data":[[]]}',
    "false",
    "null",
    "0",
    '""',
    '"no traffic"',
]


@pytest.mark.parametrize("body", NOT_NO_TRAFFIC, ids=str)
def test_what_holds_no_record_is_not_taken_for_no_traffic(body: Any) -> None:
    with pytest.raises(MiatelError) as caught:
        rows(body)
    assert str(caught.value).startswith("asked for X: ")


NO_TRAFFIC = [
    [],
    {"data": []},
    {"sms": []},
    {"D": {"rows": []}},
    {"status": "ok", "data": [], "count": 0},
    {"status": "ok", "count": 0, "sms": [], "names": []},
    {"data": [], "names": {"525001": "Singapore"}},
    {"data": [], "names": [{"525001": "Singapore"}]},
    {"data": [], "names": {}, "total": "0"},
    {"data": [], "names": None, "error": None, "errors": [], "next": None},
    {"code": 0, "message": "OK", "data": []},
    {"success": True, "data": [], "has_more": False, "truncated": False, "complete": True},
    {"status": "ok", "message": "No records found", "data": []},
    {"status": "ok", "message": "no data for this period.", "data": []},
    {"time_beg": "2026-01-01T00:00:00", "time_end": "2026-01-01T00:59:59", "sms": []},
    {"period": {"from": "2026-01-01 00:00:00", "to": "2026-01-01 00:59:59"}, "sms": []},
    {"period": "2026-01-01 - 2026-01-02", "generated": "01.01.2026 10:00", "data": []},
    {"request": {"get_names": "1", "time_beg": "2026-01-01T00:00:00"}, "data": []},
    {"data": [], "took": 0.0123, "time": 17, "server_time": 1767225600, "version": "1.0"},
    {"data": [], "page": 1, "pages": 1, "limit": 100000, "per_page": 100},
    {"data": [], "pages": 0, "is_last": True, "links": {"self": "/main-getData.php"}},
    {"columns": ["sms_hub_sms_id", "sms_hub_sms_time"], "data": []},
    "$D_=[];$N_=[];",
    '$D_=[];$N_={"525001":"Singapore"};',
    {"columns": ["sms_hub_sms_id", "sms_hub_sms_time"], "rows": []},
    '[]{"525001":"Singapore"}',
    '{"525001":"Singapore"}[]',
    '{"data":[]}[]',
    "[][]",
    "[]{}",
    "[]null",
]


@pytest.mark.parametrize("body", NO_TRAFFIC, ids=str)
def test_an_empty_array_where_records_would_stand_is_no_traffic(body: Any) -> None:
    assert rows(body) == 0


@pytest.mark.parametrize(
    ("body", "confirmed"),
    [
        ({"data": False, "names": []}, {"names": [], "data": False}),
        ({"data": [], "note": "quiet"}, {"data": [], "note": "quiet"}),
        ({"data": [], "level": 0.10}, {"data": [], "level": 0.1}),
        ("false", False),
        ("\ufeff null \r\n", None),
        ("no data", "no data"),
        ('"no data"', "no data"),
        ("<p>No messages</p>\n", "<p>No messages</p>"),
    ],
    ids=str,
)
def test_a_form_that_the_owner_has_confirmed_is_no_traffic(body: Any, confirmed: Any) -> None:
    with pytest.raises(MiatelError):
        rows(body)
    form = AnswerForm.from_extra({"no_traffic": ["other", confirmed]})
    assert rows(body, form) == 0
    with pytest.raises(MiatelError):
        rows('{"error":"x"}', form)


@pytest.mark.parametrize("other", [{"data": 0, "names": []}, {"data": False}, "0", '"false"'])
def test_only_the_very_form_that_was_confirmed_is_no_traffic(other: Any) -> None:
    form = AnswerForm.from_extra({"no_traffic": [{"data": False, "names": []}, False]})
    with pytest.raises(MiatelError):
        rows(other, form)


def test_a_doubtful_answer_says_how_its_form_is_confirmed_and_no_text() -> None:
    with pytest.raises(
        AnswerNotUnderstoodError, match=r"`no_traffic` in the connection's extra"
    ) as e:
        rows({"data": [], "note": "Zwkbaldhier 79123456789"})
    assert "note" in str(e.value)
    assert "Zwk" not in str(e.value)


MORE = [
    {"total": 250}, {"total": "250"}, {"count": 4}, {"records_total": 250}, {"sms_count": 250},
    {"recordsTotal": 250}, {"recordsFiltered": 250}, {"num_rows": 250}, {"numRows": 250},
    {"rowcount": 250}, {"TOTAL_COUNT": 250}, {"totalcount": 250}, {"iTotalRecords": "250"},
    {"numFound": 250}, {"total_found": 4}, {"records": 250}, {"rows": "250"}, {"total": "1,250"},
    {"number_of_records": 250}, {"matched_rows": 250}, {"meta": {"total": 250}},
    {"total": {"value": 250}},
    {"count": {"sms": 250}}, {"totals": {"records": 250}}, {"days": [{"count": 2}, {"count": 9}]},
    {"paging": {"total_results": 250}}, {"response": {"status": {"total": 250}}}, {"total": 4.0},
    {"has_more": True}, {"hasMore": 1}, {"more": "yes"}, {"more": 247}, {"moreAvailable": "true"},
    {"has_next_page": True}, {"truncated": True}, {"isTruncated": "1"}, {"is_partial": True},
    {"incomplete": True}, {"limit_reached": True}, {"remaining": 247}, {"no_more": False},
    {"complete": False}, {"is_complete": 0}, {"is_last": False}, {"last": False},
    {"lastPage": "false"}, {"finished": False}, {"done": "no"},
    {"status": "partial"}, {"state": "incomplete"}, {"status": "in progress"},
    {"warning": "Result truncated"}, {"message": "only 3 of 250 records are shown"},
    {"next": "/main-getData.php?page=2"}, {"next": 2}, {"next_page": "2"}, {"nextPage": 2},
    {"next_cursor": "abc"}, {"cursor": "abc"}, {"links": {"next": "/p2"}}, {"@odata.nextLink": "x"},
    {"_links": {"next": {"href": "/p2"}}}, {"links": [{"rel": "next", "href": "/p2"}]},
    {"continuation_token": "abc"}, {"prev": "/p1"}, {"pagination": {"next_page_url": "/p2"}},
    {"page": 1, "pages": 3}, {"total_pages": 3}, {"page_count": 2}, {"totalPages": "3"},
    {"current_page": 1, "last_page": 3}, {"page": 2}, {"page": "1 of 3"}, {"range": "0-2/250"},
    {"showing": "1 to 3 of 250"}, {"limit": 3}, {"per_page": 3}, {"pagination": {"page_size": 3}},
]  # fmt: skip


@pytest.mark.parametrize("beside", MORE, ids=str)
@pytest.mark.parametrize("records", [THREE, "map"], ids=["fast", "exact"])
def test_an_answer_that_says_that_there_is_more_is_incomplete(beside: Any, records: Any) -> None:
    held = [THREE] if records != "map" else [[R1], [R2, R3]]
    parts = {f"data_{number}": part for number, part in enumerate(held)}
    for body in ({**parts, **beside}, {**beside, **parts}):
        with pytest.raises(IncompleteAnswerError) as caught:
            rows(body)
        assert caught.value.held == 3
        assert len(caught.value.times) == 3
    with pytest.raises(IncompleteAnswerError):
        rows(json.dumps(THREE) + json.dumps(beside))


HEADER = list(R1)
IN_FORMS: list[Any] = [
    {"data": {"101": R1, "102": R2, "103": R3}},
    {"columns": HEADER, "rows": [list(one.values()) for one in THREE]},
    {"table": [HEADER, *(list(one.values()) for one in THREE)]},
    {name: [one[name] for one in THREE] for name in HEADER},
    {"data": [{name.upper(): value for name, value in one.items()} for one in THREE]},
    {"data": [{**one, "sms_hub_sms_time": 1767225600 + n} for n, one in enumerate(THREE)]},
]


@pytest.mark.parametrize("form", IN_FORMS, ids=lambda form: next(iter(form)))
def test_in_every_form_of_records_it_is_heard_that_there_is_more(form: Any) -> None:
    assert rows({**form, "total": 3, "has_more": False}) == 3
    for said in ({"total": 250}, {"has_more": True}, {"meta": {"next": "/p2"}}):
        with pytest.raises(IncompleteAnswerError) as caught:
            rows({**form, **said})
        assert (caught.value.held, len(caught.value.times)) == (3, 3)
    statements = "".join(f"$x{n}_={json.dumps(v)};" for n, v in enumerate([form, 1]))
    assert rows(statements) == 3
    with pytest.raises(IncompleteAnswerError):
        rows(statements + "$total=250;")


def test_one_record_a_line_and_a_count_in_another_is_incomplete() -> None:
    lines = "\n".join(json.dumps(one) for one in THREE)
    assert rows(lines + '\n{"total":3}') == 3
    with pytest.raises(IncompleteAnswerError):
        rows(lines + '\n{"total":250}')


_COUNTED = [["total"], ["count"], ["total", "count"], ["records", "total"], ["row", "count"],
            ["num", "rows"], ["sms", "count"], ["total", "records"], ["num", "found"]]  # fmt: skip
_SPELLINGS = [
    "_".join, "-".join, " ".join, "".join, lambda w: "_".join(w).upper(),
    lambda w: "".join(map(str.title, w)), lambda w: w[0] + "".join(map(str.title, w[1:])),
]  # fmt: skip


@given(
    st.sampled_from(_COUNTED),
    st.sampled_from(_SPELLINGS),
    st.integers(0, 10**6),
    st.sampled_from([int, str, float, lambda n: f"{n:,}", lambda n: f" {n} "]),
    st.sampled_from([lambda m: m, lambda m: {"meta": m}, lambda m: {"a": {"paging": m}}]),
    st.integers(1, 3),
)
def test_a_count_is_believed_however_it_is_spelled(
    words: Any, spell: Any, count: int, write: Any, nest: Any, held: int
) -> None:
    body = {"data": THREE[:held], **nest({spell(words): write(count)})}
    if count > held:
        with pytest.raises(IncompleteAnswerError) as caught:
            rows(body)
        assert caught.value.count == count
    else:
        assert rows(body) == held


ALL = [
    {"total": 3}, {"count": "3"}, {"total": 2}, {"count": 0}, {"total": None}, {"total": ""},
    {"total": 12.5}, {"total": "12.50"}, {"total_cost": 250}, {"sum": 250},
    {"totals": {"EUR": 250}},
    {"cost": {"total": 250}}, {"segments_total": 250}, {"parts": 250}, {"total_time": 250},
    {"failed_count": 250}, {"error_count": 0}, {"rejected": "12"}, {"code": 17}, {"balance": 250},
    {"sms_type": 250},
    {"number": 250}, {"phone_number": 79123456789}, {"names_count": 250}, {"rate_limit": 3},
    {"has_more": False}, {"more": None}, {"more": ""}, {"more": []}, {"more_info": "see page 2"},
    {"truncated": "0"}, {"remaining_requests": 99}, {"remaining": 0}, {"complete": True},
    {"is_last": "true"}, {"status": "finished"}, {"status": "complete"}, {"message": "anything"},
    {"next": None}, {"next": ""}, {"next": False}, {"next": 0},
    {"links": {"next": None, "self": "x"}},
    {"next_update": "2026-01-02"}, {"cursor": None}, {"page": 1, "pages": 1}, {"page": 0},
    {"page": "1 of 1"}, {"range": "0-2/3"}, {"limit": 100000}, {"limit": 3, "total": 3},
    {"per_page": 3, "count": "3"}, {"size": 250}, {"took": 250}, {"version": "250"},
]  # fmt: skip


@pytest.mark.parametrize("beside", ALL, ids=str)
def test_what_says_nothing_of_more_does_not_spoil_records(beside: Any) -> None:
    assert rows({**beside, "data": THREE}) == 3
    assert rows({"data_1": [R1], **beside, "data_2": [R2, R3]}) == 3


def test_records_that_came_twice_are_counted_as_they_came() -> None:
    assert rows({"total": 3, "data": [R1, R1, R2]}) == 3
    assert rows({"total": 2, "data": [R1, R1, R2]}) == 3


@pytest.mark.parametrize("name", ["total", "TOTAL", "meta.total"])
def test_what_the_owner_says_is_no_count_is_none(name: str) -> None:
    form = AnswerForm.from_extra({"not_counts": [name]})
    assert rows({"meta": {"total": 250}, "data": THREE}, form) == 3
    with pytest.raises(IncompleteAnswerError):
        rows({"meta": {"count": 250}, "data": THREE}, form)
    assert rows({"meta": {"total": 250}, "data": []}, form) == 0


def test_an_incomplete_answer_names_its_field_and_count() -> None:
    with pytest.raises(IncompleteAnswerError, match="recordsFiltered counts 250 records") as caught:
        rows({"recordsFiltered": 250, "data": THREE})
    assert (caught.value.name, caught.value.count) == ("recordsFiltered", 250)
    with pytest.raises(IncompleteAnswerError, match="`not_counts`"):
        rows({"has_more": True, "data": THREE})


@pytest.mark.parametrize(
    "body",
    [
        {"a": THREE, "b": THREE},
        {"a": THREE, "b": [R3, R4]},
        {"a": [R1], "b": {"c": [R1]}},
        {"a": THREE, "b": [{"sms_hub_sms_time": "2026-01-01T00:00:09Z", "dlr_code": 2}]},
        {"a": THREE, "b": [{**R4, "hops": 1}]},
        {"a": [{**R1, "note": "x"}], "b": [{k: v for k, v in R2.items() if k != "dst_num"}]},
        json.dumps(THREE) + json.dumps(THREE),
        json.dumps([THREE, THREE]),
    ],
    ids=str,
)
def test_collections_that_are_not_parts_of_one_are_refused(body: Any) -> None:
    with pytest.raises(AnswerNotUnderstoodError, match="`records_at`"):
        rows(body)


def test_collections_of_one_form_without_a_common_record_are_parts_of_one() -> None:
    assert rows({"a": [R1, R2], "b": [R3], "c": []}) == 3
    sparse = {name: value for name, value in R2.items() if name != "dlr_code"}
    assert rows({"a": [R1, sparse], "b": [{**sparse, "sms_hub_sms_id": 9}, R3]}) == 4


BAD_NAMES = [
    None, {"525001": None}, {"id": 25001, "n": "3"}, [25001, 3], "x", 7, {"525001": ""},
    {"id": 25001}, {"n": "A"}, [], {},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_NAMES, ids=str)
@pytest.mark.parametrize("records", [THREE, []])
def test_a_bad_geo_name_costs_itself_alone(bad: Any, records: list[Any]) -> None:
    names = [{"id": 1001, "n": "B"}, bad, {"id": 525002, "n": "C"}]
    found = read_answer(json.dumps({"data": records, "names": names}).encode())
    assert found.names == {1001: "B", 525002: "C"}
    assert found.names_left_out == 1
    assert found.table.num_rows == len(records)
    alone = read_answer(json.dumps({"data": records, "names": [bad]}).encode())
    assert (alone.names, alone.names_left_out) == ({}, 1)


@pytest.mark.parametrize("bad", [None, 3, "3", "", True])
@pytest.mark.parametrize("records", [THREE, []])
def test_a_bad_geo_name_in_an_object_costs_itself_alone(bad: Any, records: list[Any]) -> None:
    body = {"data": records, "names": {"525001": bad, "1001": "B"}}
    found = read_answer(json.dumps(body).encode())
    assert (found.names, found.names_left_out) == ({1001: "B"}, 1)
    alone = read_answer(json.dumps({"data": records, "names": {"525001": bad}}).encode())
    assert (alone.names, alone.names_left_out) == ({}, 1)


AFTER = [
    ("\x00", "a NUL byte"), (",", "a comma"), (";", "a semicolon"), ("]", "a closing bracket"),
    ("}", "a closing brace"), ("\x00\x00\n", "a NUL byte"), ("<!-- 0.1 s -->", "HTML"),
    ("\nDone", "no JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("junk", "named"), AFTER)
@pytest.mark.parametrize("body", [THREE, [], {"data": THREE}, {"data": []}])
def test_what_stands_after_a_whole_answer_is_named(body: Any, junk: str, named: str) -> None:
    with pytest.raises(AnswerNotUnderstoodError, match=f"after the JSON stands.*{named}"):
        rows(json.dumps(body) + junk)


@pytest.mark.parametrize("begun", ['{"525001":"Sing', "[", "[{", "nul", "tr", "-", '"a'])
def test_a_second_document_that_is_cut_is_asked_for_again(begun: str) -> None:
    with pytest.raises(BrokenAnswerError, match="ends in the middle"):
        rows(json.dumps(THREE) + begun)


@pytest.mark.parametrize(
    "said",
    [
        "<br />\n<b>Warning</b>:  mysqli_query(): Access denied for user in <b>/var/www/a.php</b>"
        " on line <b>17</b><br />\n",
        "\nWarning: Undefined array key in /var/www/a.php on line 3\n",
        "<b>Fatal error</b>:  Allowed memory size of 134217728 bytes exhausted in a.php on line 3",
        "PHP Notice:  Undefined index in a.php on line 3",
    ],
)
def test_a_message_of_php_makes_an_answer_one_that_is_not_known_to_be_whole(said: str) -> None:
    whole = json.dumps({"data": THREE})
    for body in (said + whole, whole + said, whole[:-60] + said, said + "[]", "[]" + said):
        with pytest.raises(BrokenAnswerError, match="PHP"):
            rows(body)


@pytest.mark.parametrize("pointer", ["/b/sms", "/b~1c/0", ""])
def test_records_are_taken_from_where_the_owner_says_and_from_there_alone(pointer: str) -> None:
    body: Any = {
        "/b/sms": {"a": [R1, R2], "b": {"sms": [R3]}, "names": {"525001": "A"}},
        "/b~1c/0": {"a": [R1, R2], "b/c": [[R3], [R1]]},
        "": [R3],
    }[pointer]
    form = AnswerForm.from_extra({"records_at": pointer})
    found = read_answer(json.dumps(body).encode(), "", form)
    assert found.table["sms_hub_sms_id"].to_pylist() == [3]
    assert found.names == ({525001: "A"} if pointer == "/b/sms" else {})


def test_an_empty_array_where_the_owner_says_that_records_stand_is_no_traffic() -> None:
    form = AnswerForm.from_extra({"records_at": "/names"})
    assert rows({"names": [], "more": None}, form) == 0
    for body in ({"names": [], "sms_count": 5}, {"names": None, "data": []}, {"data": []}):
        with pytest.raises(AnswerNotUnderstoodError):
            rows(body, form)
    with pytest.raises(IncompleteAnswerError):
        rows({"names": THREE, "total": 4}, form)
    with pytest.raises(MiatelError, match="Access denied"):
        rows({"error": "Access denied"}, form)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"field_names": {"time": "sms_time"}}, "field_names.*no documented field"),
        ({"field_names": {"t": "price", "u": "price"}}, "two fields to price"),
        ({"field_names": ["time"]}, "field_names.*not an object"),
        ({"field_names": "time=x"}, "field_names.*not JSON"),
        ({"records_at": "data"}, "records_at.*JSON Pointer"),
        ({"records_at": "/a~2"}, "records_at.*JSON Pointer"),
        ({"records_at": ["data"]}, "records_at.*JSON Pointer"),
        ({"no_traffic": {"data": False}}, "no_traffic.*not a list"),
        ({"no_traffic": [{"data": [R1]}]}, "no_traffic.*record"),
        ({"no_traffic": [" "]}, "no_traffic.*empty text"),
        ({"not_counts": "total"}, "not_counts.*not JSON"),
        ({"not_counts": [1]}, "not_counts.*no name"),
        ({"Field_Names": {}}, "field_names"),
        ({"notcounts": []}, "not_counts"),
        ({"record_at": "/data"}, "records_at"),
        ({"prox": "x"}, "proxy"),
    ],
)
def test_a_setting_that_is_not_right_is_named_with_a_right_one(extra: Any, said: str) -> None:
    with pytest.raises(SettingError, match=said) as caught:
        AnswerForm.from_extra(extra, ["proxy"])
    assert isinstance(caught.value, FatalError)


def test_the_documented_names_are_those_that_are_landed() -> None:
    assert list(MDR_NAMES) == list(MDR_FIELDS)


def test_settings_may_come_as_texts_of_a_form_and_others_beside_them() -> None:
    extra = {
        "field_names": '{"time": "sms_hub_sms_time"}',
        "records_at": "/data",
        "no_traffic": "[false]",
        "not_counts": '["total"]',
        "proxy": "http://proxy:3128",
        "unrelated_thing": 1,
    }
    form = AnswerForm.from_extra(extra, ["proxy"])
    assert form.field_names == {"time": "sms_hub_sms_time"}
    assert form == AnswerForm({"time": "sms_hub_sms_time"}, "/data", (False,), frozenset(["total"]))
    assert AnswerForm.from_extra({"field_names": "", "no_traffic": None}) == AnswerForm()
