"""Wherever the records of an answer stand, all of them are read; what is no answer is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from miatel import (
    AnswerNotUnderstoodError,
    BadPeriodError,
    BrokenAnswerError,
    ErrorAnswerError,
    KeyRefusedError,
    MiatelError,
    ServerBusyError,
)
from miatel.parsing.reader import read_answer


def record(number: int, **more: Any) -> dict[str, Any]:
    moment = f"2026-01-01T00:00:{number:02d}Z"
    return {"sms_hub_sms_id": number, "sms_hub_sms_time": moment, "sms_hub_switch_id": 1} | more


R1, R2, R3, R4 = (record(number) for number in range(1, 5))
NESTED = record(5, route=[{"a": 1}, {"sms_hub_sms_time": "2026-01-01T00:00:09Z"}])


@pytest.mark.parametrize(
    ("documents", "ids"),
    [
        ([[R1]], [1]),
        ([[R1, R2, R3]], [1, 2, 3]),
        ([[R1, R2], [R3, R4]], [1, 2, 3, 4]),
        ([[R1], [R3]], [1, 3]),
        ([{"today": [R1, R2], "yesterday": [R3]}], [1, 2, 3]),
        ([{"today": [R1], "yesterday": [R3, R4]}], [1, 3, 4]),
        ([{"a": {"b": {"c": [R1, R2]}}}], [1, 2]),
        ([{"a": [], "b": [R1], "c": []}], [1]),
        ([[], [R1]], [1]),
        ([[NESTED]], [5]),
        ([[R1, NESTED]], [1, 5]),
        ([{"data": [NESTED, R2]}], [5, 2]),
        ([{"fields": ["sms_hub_sms_time", "dlr_code"], "data": [R1, R2]}], [1, 2]),
        ([{"data": [R1, R2], "fields": ["sms_hub_sms_time"]}], [1, 2]),
        ([{"data": [R1, R2], "columns": [{"a": 1}, {"a": 2}], "f": "sms_hub_sms_time"}], [1, 2]),
        ([[record(6, message_body="sms_hub_sms_time"), R1]], [6, 1]),
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_all_records_of_all_arrays_are_read(
    documents: list[Any], ids: list[int], separators: tuple[str, str]
) -> None:
    body = "".join(json.dumps(document, separators=separators) for document in documents)
    assert read_answer(body.encode()).table["sms_hub_sms_id"].to_pylist() == ids


@pytest.mark.parametrize(
    "body",
    ["[]", " [ ] ", '{"data":[]}', '{"status":"ok","count":0,"sms":[]}', "[]{}", "[][]",
     '{"data":[],"names":{}}', '{"data":[],"names":[]}', '{"code":0,"message":"OK","data":[]}',
     '{"success":true,"data":[]}', '{"data":[],"names":{"525001":"Singapore"}}', "\ufeff[]",
     '{"status":200,"error":null,"errors":[],"data":[]}'],
)  # fmt: skip
def test_a_well_formed_answer_without_records_has_none(body: str) -> None:
    assert read_answer(body.encode()).table.num_rows == 0


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('{"names":{"525001":"Singapore - Singtel"}}', {525001: "Singapore - Singtel"}),
        ('{"g":[{"525001":"A"},{"1001":"B"}]}', {525001: "A", 1001: "B"}),
        ('{"g":[{"sms_hub_mccmnc_id":"525001","sms_hub_mccmnc_name":"A"}]}', {525001: "A"}),
        ('{"g":[{"mcc":"525","mnc":"1","name":"A"}]}', {525001: "A"}),
        ('{"g":[{"mcc":525,"mnc":"01","country":"A"}]}', {525001: "A"}),
        ('{"g":[[525001,"A"],["1001","B"]]}', {525001: "A", 1001: "B"}),
        ('{"525001":"A"}', {525001: "A"}),
        ('{"a":{"525001":"A"},"b":{"all":[{"id":1001,"n":"B"}]}}', {525001: "A", 1001: "B"}),
        ('{"g":{"525001":"old"},"h":{"525001":"new"}}', {525001: "new"}),
    ],
)
@pytest.mark.parametrize("records", [[R1], [R1, R2], []])
def test_geo_names_are_found_in_any_form(
    body: str, names: dict[int, str], records: list[dict[str, Any]]
) -> None:
    for whole in (json.dumps(records) + body, body + json.dumps({"data": records})):
        assert read_answer(whole.encode()).names == names


REFUSED = [
    ("", BrokenAnswerError),
    (" \r\n", BrokenAnswerError),
    ("null", BrokenAnswerError),
    ("0", BrokenAnswerError),
    ('"no traffic"', BrokenAnswerError),
    ("<html><body>Sign in</body></html>", BrokenAnswerError),
    ("<html>Too many requests</html>", ServerBusyError),
    ("{}", AnswerNotUnderstoodError),
    ("{}{}", AnswerNotUnderstoodError),
    ('{"data":null}', AnswerNotUnderstoodError),
    ('{"data":{}}', AnswerNotUnderstoodError),
    ('{"data":"none"}', AnswerNotUnderstoodError),
    ('{"status":"ok"}', AnswerNotUnderstoodError),
    ('{"525001":"Singapore"}', AnswerNotUnderstoodError),
    ('{"names":[],"data":[1]}', AnswerNotUnderstoodError),
    ("[null]", AnswerNotUnderstoodError),
    ("[[]]", AnswerNotUnderstoodError),
    ('[{"message_id":"a","dlr_code":2,"price":1}]', AnswerNotUnderstoodError),
    (json.dumps([R1, {"sms_hub_sms_id": 2}]), AnswerNotUnderstoodError),
    (json.dumps([R1, None]), AnswerNotUnderstoodError),
    (json.dumps([R1, [R2]]), AnswerNotUnderstoodError),
    (json.dumps({"data": R1}), AnswerNotUnderstoodError),
    (json.dumps({"data": [R1], "other": R2}), AnswerNotUnderstoodError),
    (json.dumps({"data": [R1, R2], "last": R2}), AnswerNotUnderstoodError),
    (json.dumps([{**R1, "sms_hub_sms_time": None}]), AnswerNotUnderstoodError),
    (json.dumps([R1, {**R2, "sms_hub_sms_time": "soon"}]), AnswerNotUnderstoodError),
    ('{"count":3,"data":[]}', AnswerNotUnderstoodError),
    ('{"data":[],"total_records":"3"}', AnswerNotUnderstoodError),
    ('{"error":"Wrong ip_auth_key","data":[]}', KeyRefusedError),
    ('{"error":{"message":"Access denied"}}', KeyRefusedError),
    ('{"errors":["Access denied"]}', KeyRefusedError),
    ('{"status":"error","message":"IP not whitelisted","data":[]}', KeyRefusedError),
    ('{"success":false,"data":[]}', ErrorAnswerError),
    ('{"status":403,"data":[]}', ErrorAnswerError),
    ('{"result":{"status":"failed","data":[]}}', ErrorAnswerError),
    ('{"error":"Period is over 31 days"}', BadPeriodError),
    ('{"error":"another request is being processed"}', ServerBusyError),
    ('{"error":"E17"}', ErrorAnswerError),
    (json.dumps({"error": "stopped half way", "data": [R1]}), ErrorAnswerError),
    (json.dumps({"status": "error", "data": [R1]}), ErrorAnswerError),
    (json.dumps({"status": "failed", "message": "database gone", "data": [R1]}), ErrorAnswerError),
    (json.dumps({"success": False, "data": [R1]}), ErrorAnswerError),
    (json.dumps({"success": "false", "data": [R1]}), ErrorAnswerError),
    (json.dumps({"ok": False, "data": [R1, R2]}), ErrorAnswerError),
    (json.dumps([R1]) + '{"error":"timed out"}', MiatelError),
]


@pytest.mark.parametrize(("body", "kind"), REFUSED)
def test_what_is_no_answer_is_refused_with_its_reason(body: str, kind: type[MiatelError]) -> None:
    with pytest.raises(kind) as caught:
        read_answer(body.encode(), "asked for X")
    assert kind is MiatelError or type(caught.value) is kind
    assert str(caught.value).startswith("asked for X: ")


@pytest.mark.parametrize(
    "beside",
    [{"default_currency": "EUR"}, {"territory": "EU"}, {"referrer": "x"}, {"failed_count": 3},
     {"failed": 3, "delivered": 9}, {"error_count": 0}, {"errors": []}, {"error": ""},
     {"status": "finished"}, {"message": "anything"}, {"code": 17}, {"rejected": "12"}],
)  # fmt: skip
def test_what_merely_sounds_like_an_error_does_not_spoil_records(beside: dict[str, Any]) -> None:
    assert read_answer(json.dumps({**beside, "data": [R1, R2]}).encode()).table.num_rows == 2
