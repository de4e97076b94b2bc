"""What is no answer gives its own clear error, lands nothing, and never shows the key."""

import json
import logging
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest

from miatel import (
    AnswerNotUnderstoodError,
    BadPeriodError,
    BrokenAnswerError,
    ErrorAnswerError,
    FatalError,
    KeyRefusedError,
    MiatelError,
    RequestRefusedError,
    RetryPolicy,
    ServerBusyError,
    ServerFailedError,
    UnreachableError,
)
from miatel_simulator import SimulatorConfig, serve
from tests.support.answering import answering
from tests.support.landed import KEY, extraction, utc
from tests.support.scripted_server import scripted

START, END = utc(2026, 1, 1), utc(2026, 1, 3)
THREE_TIMES = RetryPolicy(attempts=3, silence_seconds=2.0)
SPELLINGS = [KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY)[1:-1]]


def server_that_says(body, status=200):
    """A server with one answer to everything."""
    return answering(lambda _: (status, body))


def refused(url, lake, caplog, key=KEY, expected=MiatelError):
    """Run until it fails; nothing may be landed and the key nowhere shown."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(expected) as caught:
        extraction(url, lake, key=key, retry=THREE_TIMES).land_range(START, END)
    assert not list(lake.rglob("*.parquet"))
    texts = [str(caught.value), repr(caught.value), caplog.text]
    texts += [repr(caught.value.__context__), repr(caught.value.__cause__)]
    texts += [path.read_text() for path in lake.rglob("*") if path.is_file()]
    for text in texts:
        assert not any(spelling in text for spelling in SPELLINGS)
    return caught.value


@pytest.mark.parametrize("style", ["status", "json", "json_empty_data", "html", "empty"])
def test_a_wrong_key_is_an_error_in_every_style(tmp_path, caplog, style):
    config = SimulatorConfig(
        start=START, end=END, now=END, error_style=style, ip_auth_key="right", date="host"
    )
    with serve(config) as simulator:
        error = refused(simulator.url, tmp_path, caplog)
    # An empty body says nothing that could be relied on, so it is asked for again.
    expected = BrokenAnswerError if style == "empty" else KeyRefusedError
    assert isinstance(error, expected)
    assert "key" in str(error)


def test_an_unreachable_host_names_its_cause(tmp_path, caplog):
    error = refused("http://127.0.0.1:9", tmp_path, caplog, expected=UnreachableError)
    assert "ConnectionRefusedError" in str(error)


ANSWERS = [
    (b'{"error": "Wrong key"}', 200, KeyRefusedError, 1),
    (b'{"status": "error", "message": "Access denied for this IP", "data": []}', 200,
     KeyRefusedError, 1),
    (b'{"error": {"code": 17, "text": "Another request is in progress"}}', 200,
     ServerBusyError, 3),
    (b'{"errors": ["Period is longer than 31 days"]}', 200, BadPeriodError, 1),
    (b'{"success": false, "data": []}', 200, ErrorAnswerError, 3),
    (b'{"error": "E-4711"}', 200, ErrorAnswerError, 3),
    (b'{"count": 12, "data": []}', 200, AnswerNotUnderstoodError, 1),
    (b"<html><body><h1>Bad gateway</h1></body></html>", 200, BrokenAnswerError, 3),
    (b"", 200, BrokenAnswerError, 3),
    (b'{"data": [{"sms_hub_sms_id": 1', 200, BrokenAnswerError, 3),
    (b'{"hello": "world"}', 200, AnswerNotUnderstoodError, 1),
    (b"{}", 200, AnswerNotUnderstoodError, 1),
    (b"[1, 2, 3]", 200, AnswerNotUnderstoodError, 1),
    (b'{"data": [{"id": 1}]}', 200, AnswerNotUnderstoodError, 1),
    (b'"no traffic"', 200, BrokenAnswerError, 3),
    (b"no traffic", 200, BrokenAnswerError, 3),
    (b"Forbidden", 403, KeyRefusedError, 1),
    (b"", 401, KeyRefusedError, 1),
    (b"time_beg is malformed", 400, BadPeriodError, 1),
    (b"nope", 404, RequestRefusedError, 1),
    (b"", 302, RequestRefusedError, 1),
    (b"one request at a time", 409, ServerBusyError, 3),
    (b"", 429, ServerBusyError, 3),
    (b"oops", 500, ServerFailedError, 3),
    (b"", 503, ServerFailedError, 3),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "kind", "requests"), ANSWERS)
def test_each_refusal_has_its_own_error(tmp_path, caplog, body, status, kind, requests):
    with server_that_says(body, status) as (url, asked):
        error = refused(url, tmp_path, caplog)
    assert type(error) is kind
    assert len(asked) == requests
    assert "2026-01-01T00:00:00Z" in str(error)  # what was asked


def test_a_key_that_the_server_sends_back_is_not_shown(tmp_path, caplog):
    body = json.dumps({"error": f"key {KEY} is wrong"}).encode()
    with server_that_says(body) as (url, _):
        refused(url, tmp_path, caplog, expected=KeyRefusedError)
    page = f"<html>wrong key: {KEY} or {quote(KEY)}</html>".encode()
    with server_that_says(page) as (url, _):
        refused(url, tmp_path, caplog, expected=KeyRefusedError)


def test_a_refused_answer_is_kept_without_its_content(tmp_path, caplog):
    record = {"sms_hub_sms_id": 1, "message_body": "Hello Bob", "dst_num": "6591234567"}
    with server_that_says(json.dumps({"rows": [record]}).encode()) as (url, _):
        refused(url, tmp_path, caplog, expected=AnswerNotUnderstoodError)
    (kept,) = (tmp_path / "refused").glob("*.json")
    facts = json.loads(kept.read_text())
    assert facts["error"] == "AnswerNotUnderstoodError"
    assert '"message_body"' in facts["form_of_head"]
    for personal in ("Hello", "Bob", "6591234567"):
        assert personal not in kept.read_text() + caplog.text


def test_what_came_of_an_answer_that_broke_off_is_kept_too(tmp_path, caplog):
    record = json.dumps([{"sms_hub_sms_id": 1, "message_body": "Hello Bob, wait"}]).encode()
    broken = [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + record[:50]]
    with scripted(broken) as (url, _):
        refused(url, tmp_path, caplog, expected=BrokenAnswerError)
    kept = next((tmp_path / "refused").glob("*.json"))
    facts = json.loads(kept.read_text())
    assert facts["error"] == "BrokenAnswerError"
    assert facts["body_bytes"] == 50
    assert '"message_body"' in facts["form_of_head"]
    assert "Hello" not in kept.read_text()


def test_a_run_that_ends_does_not_wait_for_an_answer_to_come_better(tmp_path):
    """The first answer is half a one, which is read while the second is refused for good."""
    answers = iter([(200, b'[{"sms_hub_sms_id":1'), (401, b"unknown key")])
    waits = []
    with answering(lambda _: next(answers)) as (url, asked):
        job = extraction(url, tmp_path)
        job.client.sleep = waits.append
        with pytest.raises(KeyRefusedError):
            job.land_range(START, START + timedelta(days=40))
        assert len(asked) == 2
    assert waits == []


@pytest.mark.parametrize("shift", range(0, 120, 20))
def test_a_long_answer_is_cut_within_a_text_and_still_shows_none(tmp_path, caplog, shift):
    text = r"you have been blocked \" wait: your account has expired \\\\"
    records = [{"message_body": text, "dst_num": "65", "segment_num": 1} for _ in range(900)]
    body = json.dumps({"rows": records, "pad": "x" * shift}).encode()
    with server_that_says(body) as (url, _):
        refused(url, tmp_path, caplog, expected=AnswerNotUnderstoodError)
    (kept,) = (tmp_path / "refused").glob("*.json")
    form = json.loads(kept.read_text())["form_of_tail"]
    assert form.count('"segment_num"') > 20
    assert "account" not in form


def test_records_that_were_not_asked_for_are_refused(tmp_path, caplog):
    body = b'[{"sms_hub_sms_id":1,"sms_hub_switch_id":1,"sms_hub_sms_time":"2026-01-03T00:00:00Z"}]'
    with server_that_says(body) as (url, _):
        error = refused(url, tmp_path, caplog, expected=FatalError)
    assert "1 of 1 records lie outside" in str(error)


def test_a_period_that_has_not_happened_is_refused_before_any_request(tmp_path):
    now = utc(2026, 1, 1)
    with server_that_says(b"[]") as (url, asked):
        job = extraction(url, tmp_path, clock=lambda: now)
        with pytest.raises(BadPeriodError, match="not happened"):
            job.land_range(now + timedelta(days=1), now + timedelta(days=2))
        assert asked == []


def test_seconds_that_are_not_stable_yet_do_not_count_as_landed(tmp_path):
    now = utc(2026, 1, 2, 12, 0, 30)
    with server_that_says(b"[]") as (url, _):
        extraction(url, tmp_path, clock=lambda: now).land_range(START, END)
    covered = [entry.window for entry in extraction(url, tmp_path).lake.coverage(now.date())]
    assert covered[-1].end == utc(2026, 1, 2, 11, 59, 30)
