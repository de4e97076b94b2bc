"""What an answer says of itself in numbers, in sentences and in headers is heard as well."""

from __future__ import annotations

import json
from typing import Any

import pytest

from miatel import (
    AnswerForm,
    AnswerNotUnderstoodError,
    ErrorAnswerError,
    IncompleteAnswerError,
    MiatelError,
)
from miatel.limits import TIME_FIELD
from miatel.parsing.header_checks import check_headers
from miatel.parsing.reader import read_answer

THREE: list[dict[str, Any]] = [
    {"sms_hub_sms_id": n, "sms_hub_switch_id": 1, TIME_FIELD: f"2026-01-01T00:00:0{n}Z"}
    for n in range(1, 4)
]


def rows(body: Any, form: AnswerForm | None = None) -> int:
    text = body if isinstance(body, str) else json.dumps(body)
    return read_answer(text.encode(), "asked for X", form or AnswerForm()).table.num_rows


MORE: list[dict[str, Any]] = [
    {"is_last": 0}, {"isLast": "0"}, {"is_finished": 0}, {"eof": 0}, {"no_more": 0},
    {"end_of_data": "0"}, {"offset": 100}, {"skip": "3"}, {"omitted": 2}, {"rows_omitted": 2},
    {"skipped_records": 2}, {"records_left": 2}, {"missing_rows": 1}, {"matched": 250},
    {"matching": 250}, {"total": "250 records"}, {"total": ">250"}, {"count": "250+"},
    {"found": "~ 1 250 messages"}, {"recs": 250}, {"numrec": 250}, {"reccount": 250},
    {"nrows": 250}, {"fullcount": 250}, {"rows_before_limit_at_least": 250},
    {"message": "3 of 250 records returned"}, {"info": "Displaying 1 to 3 of 250"},
    {"note": "More records are available"}, {"message": "limit of 3 records reached"},
    {"message": "Maximum number of rows exceeded"}, {"message": "the output was cut off"},
    {"message": "exceeds the limit"}, {"note": "247 rows were omitted"},
    {"notice": "Only a part of the data"},
]  # fmt: skip


@pytest.mark.parametrize("beside", MORE, ids=str)
def test_more_said_as_a_zero_a_text_or_a_sentence_is_heard(beside: dict[str, Any]) -> None:
    with pytest.raises(IncompleteAnswerError):
        rows({**beside, "data": THREE})
    with pytest.raises(MiatelError):
        rows({**beside, "data": []})


ALL: list[dict[str, Any]] = [
    {"is_last": 1}, {"finished": 0}, {"last": 0}, {"eof": 1}, {"no_more": 1}, {"offset": 0},
    {"tz_offset": 3}, {"omitted": 0}, {"skipped_records": 0}, {"dropped": 12}, {"skipped": 2},
    {"missing_prices": 2}, {"total": "3 records"}, {"total": "250 EUR"}, {"total": "50 %"},
    {"total": "-250"}, {"message": "3 of 3 records returned"}, {"info": "Displaying 1 to 3 of 3"},
    {"message": "no more records"}, {"message": "rate limit not exceeded"},
    {"message": "There is no more data"}, {"success": 1}, {"ok": "1"}, {"success": 3, "failed": 0},
]  # fmt: skip


@pytest.mark.parametrize("beside", ALL, ids=str)
def test_what_only_looks_like_it_does_not_spoil_records(beside: dict[str, Any]) -> None:
    assert rows({**beside, "data": THREE}) == 3


FAILED: list[dict[str, Any]] = [
    {"success": 0}, {"success": "0"}, {"ok": 0}, {"ok": "no"},
]  # fmt: skip


@pytest.mark.parametrize("beside", FAILED, ids=str)
def test_a_zero_for_success_is_a_failure(beside: dict[str, Any]) -> None:
    with pytest.raises(ErrorAnswerError):
        rows({**beside, "data": THREE})
    with pytest.raises(MiatelError):
        rows({**beside, "data": []})


NOT_NO_TRAFFIC: list[dict[str, Any]] = [
    {"authorized": 0}, {"is_valid": "0"}, {"connected": 0}, {"ready": 0}, {"finished": 0},
    {"logged_in": 0}, {"http_status": 503}, {"statusCode": 500}, {"response_code": 17},
    {"result_code": "5010"}, {"retcode_status": -1},
]  # fmt: skip


@pytest.mark.parametrize("beside", NOT_NO_TRAFFIC, ids=str)
def test_an_empty_array_beside_a_failure_in_numbers_is_not_no_traffic(
    beside: dict[str, Any],
) -> None:
    with pytest.raises(AnswerNotUnderstoodError, match="`no_traffic`"):
        rows({**beside, "data": []})


@pytest.mark.parametrize(
    "beside",
    [{"http_status": 200}, {"statusCode": "200"}, {"result_code": 0}, {"is_valid": 1},
     {"country_code": 7}, {"currency_code": 978}, {"delivered": 0, "failed": 0}],
    ids=str,
)  # fmt: skip
def test_a_success_in_numbers_is_no_doubt(beside: dict[str, Any]) -> None:
    assert rows({**beside, "data": []}) == 0


HEADERS = [
    {"x-pagination": '{"totalCount":250,"pageSize":3,"totalPages":84}'},
    {"x-pagination": '{"hasNext": true}'},
    {"warning": '299 - "result truncated"'},
    {"x-total-count": "250 records"},
    {"x-records-omitted": "2"},
    {"x-message": "more records follow"},
]
FINE_HEADERS = [
    {"x-pagination": '{"totalCount":3,"pageSize":100,"totalPages":1,"hasNext":false}'},
    {"warning": '110 - "Response is stale"'},
    {"nel": '{"success_fraction":0,"report_to":"cf-nel","max_age":604800}'},
    {"report-to": '{"endpoints":[{"url":"https://a.nel.example/v4?s=x"}],"max_age":604800}'},
    {"x-broken": "{not json"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_a_header_that_says_more_is_heard(headers: dict[str, str]) -> None:
    with pytest.raises(IncompleteAnswerError):
        check_headers(headers, [None] * 3, "asked for X", frozenset())


@pytest.mark.parametrize("headers", FINE_HEADERS, ids=str)
def test_a_header_of_other_things_is_none(headers: dict[str, str]) -> None:
    check_headers(headers, [None] * 3, "asked for X", frozenset())


@pytest.mark.parametrize("beside", [{"error_count": 3}, {"errors": 3}], ids=str)
def test_a_number_of_erroneous_messages_is_let_pass_where_the_owner_says_so(
    beside: dict[str, Any],
) -> None:
    form = AnswerForm.from_extra({"not_counts": list(beside)})
    with pytest.raises(ErrorAnswerError):
        rows({**beside, "data": THREE})
    assert rows({**beside, "data": THREE}, form) == 3
    with pytest.raises(ErrorAnswerError):
        rows(dict.fromkeys(beside, "database gone") | {"data": THREE}, form)


@pytest.mark.parametrize("end", [",]", "}", ":]"])
def test_an_answer_that_ends_wrongly_but_whole_is_not_called_cut(end: str) -> None:
    with pytest.raises(AnswerNotUnderstoodError, match="not JSON at character"):
        rows(json.dumps(THREE)[:-1] + end)


def test_rows_behind_a_header_that_are_none_are_not_left_out_beside_records() -> None:
    table = [list(THREE[0]), list(THREE[1].values()), None]
    with pytest.raises(AnswerNotUnderstoodError, match="rows of a header are no lists"):
        rows({"a": THREE, "b": table})


def test_the_keys_of_a_map_are_kept_at_any_depth() -> None:
    inner: Any = {"9": {TIME_FIELD: "2026-01-01T00:00:01Z", "src_num": "x"}}
    keys = [f"k{depth}" for depth in range(12)]
    for key in reversed(keys):
        inner = {key: inner}
    (extra,) = read_answer(json.dumps(inner).encode()).table["extra"].to_pylist()
    assert json.loads(extra) == {"_key": [*keys, "9"]}
