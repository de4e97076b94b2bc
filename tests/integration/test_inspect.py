"""First contact: one request shows whether a live account will work, and what to change if not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from miatel.__main__ import main
from miatel_simulator import SimulatorConfig, serve
from miatel_simulator.config import CHOICES
from tests.support.answering import answering

KEY = "cAnary-key-of-the-account"
NOW = datetime.now(UTC).replace(microsecond=0)
RECIPIENT, TEXT = "6591234567890", "the canary sings"


FORMS = {
    "map": "a map of records by id", "map_data": "a map of records by id",
    "lines": "one record a line", "columns": "one list a column",
    "header_rows": "a header and rows", "columns_rows": "a header and rows",
    "statements": "an array of records, in statements of a script",
}  # fmt: skip


@pytest.fixture
def inspect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs the command against an address; gives its exit code and what it printed."""

    def run(url: str, *arguments: str, key: str = KEY, extra: Any = None) -> tuple[int, str]:
        monkeypatch.setenv("MIATEL_ADDRESS", url)
        monkeypatch.setenv("MIATEL_KEY", key)
        monkeypatch.setenv("MIATEL_EXTRA", json.dumps(extra) if extra else "")
        code = main(["inspect", *arguments])
        output = capsys.readouterr()
        for secret in (KEY, RECIPIENT, TEXT):
            assert secret not in output.out + output.err
        return code, output.out

    return run


def platform(**settings: Any) -> Any:
    days = timedelta(days=settings.pop("days", 2))
    per_day = settings.pop("messages_per_day", 3000)
    return serve(
        SimulatorConfig(
            start=NOW - days,
            now=NOW,
            date="host",
            messages_per_day=per_day,
            ip_auth_key=KEY,
            **settings,
        )
    )


@pytest.mark.parametrize("time_format", CHOICES["time_format"])
@pytest.mark.parametrize("body", CHOICES["body"])
def test_every_form_is_named_and_found_fit(
    inspect: Callable[..., tuple[int, str]], body: str, time_format: str
) -> None:
    with platform(body=body, time_format=time_format) as simulator:
        code, output = inspect(simulator.url)
        assert len(simulator.requests()) == 1, "it asks once"
    assert code == 0, output
    assert "result        it can be landed as it is" in output
    assert f"form          {FORMS.get(body, '')}" in output
    written = {"unix": "Unix seconds", "unix_ms": "Unix milliseconds", "z": "ISO 8601 with Z"}
    assert f"time format   {written.get(time_format, '')}" in output
    assert "ids           without node and sms id 0" in output


@pytest.mark.parametrize("style", CHOICES["error_style"])
def test_a_wrong_key_is_named(inspect: Callable[..., tuple[int, str]], style: str) -> None:
    with platform(error_style=style) as simulator:
        code, output = inspect(simulator.url, key="another key")
    assert code == 1
    assert "result        it cannot be landed; see the reason above" in output
    assert "key" in output


def test_a_page_of_html_is_no_answer(inspect: Callable[..., tuple[int, str]]) -> None:
    with answers(b"<html><body><h1>It works!</h1></body></html>") as url:
        code, output = inspect(url)
    assert code == 1
    assert "not read      BrokenAnswerError" in output
    assert "status        200" in output


def test_an_hour_without_traffic_is_fine(inspect: Callable[..., tuple[int, str]]) -> None:
    with answers(b'{"data": [], "names": {"525001": "Singapore - Singtel"}}') as url:
        code, output = inspect(url)
    assert code == 0
    assert "it can be landed as it is" in output


@contextmanager
def answers(body: bytes | Callable[[datetime], Any]) -> Iterator[str]:
    """A server that gives one body, or makes it for the first second that it is asked for."""

    def answer(path: str) -> tuple[int, bytes]:
        if isinstance(body, bytes):
            return 200, body
        asked = parse_qs(urlsplit(path).query)["time_beg"][0]
        return 200, json.dumps(body(datetime.fromisoformat(asked).replace(tzinfo=UTC))).encode()

    with answering(answer) as (url, _):
        yield url


def record(at: datetime, **changes: Any) -> dict[str, Any]:
    """A record whose time has a name of its own."""
    known = {
        "sms_hub_sms_id": 7, "sms_hub_switch_id": 1, "when": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "dst_num": RECIPIENT, "message_body": TEXT, "dlr_code": 42, "resp_code": 0, "price": 0.05,
    }  # fmt: skip
    return known | changes


def other(at: datetime) -> dict[str, Any]:
    return {
        k: v
        for k, v in record(at, sms_hub_sms_time=f"{at:%Y-%m-%dT%H:%M:%SZ}").items()
        if k != "when"
    }


ODD: dict[str, tuple[Callable[[datetime], Any], dict[str, Any]]] = {
    "a time with another name": (
        lambda at: {"data": [record(at), record(at, sms_hub_sms_id=8)]},
        {"field_names": {"when": "sms_hub_sms_time"}},
    ),
    "a count of something else": (
        lambda at: {"total": 250, "data": [other(at)]},
        {"not_counts": ["total"]},
    ),
    "records twice over": (
        lambda at: {"sms": [other(at)], "again": [other(at)]},
        {"records_at": "/sms"},
    ),
    "another way to say that there was nothing": (
        lambda _: {"data": False, "names": []},
        {"no_traffic": [{"data": False, "names": []}]},
    ),
    "two things": (
        lambda at: {"total": 250, "data": [record(at)]},
        {"field_names": {"when": "sms_hub_sms_time"}, "not_counts": ["total"]},
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_the_lines_for_the_extra_are_found_by_trying(
    inspect: Callable[..., tuple[int, str]], odd: str
) -> None:
    body, extra = ODD[odd]
    with answers(body) as url:
        code, output = inspect(url)
        assert code == 1
        assert "not read" in output
        lines = output.partition("in the connection's extra:\n")[2].partition("Confirm them")[0]
        assert json.loads(lines) == extra
        code, output = inspect(url, extra=extra)
    assert code == 0, output


def test_what_cannot_be_mended_says_where_it_looked(
    inspect: Callable[..., tuple[int, str]],
) -> None:
    with answers(b'{"result": {"rows": [{"a": 1, "b": 2}], "more": [1, 2]}}') as url:
        code, output = inspect(url)
    assert code == 1
    assert "looked at     /result/rows: a list of 1 objects: its objects have no field" in output
    assert "/result/more" in output


def test_codes_outside_the_tables_ids_and_missing_fields_are_reported(
    inspect: Callable[..., tuple[int, str]],
) -> None:
    def body(at: datetime) -> Any:
        reused = other(at + timedelta(seconds=5))
        return [other(at), reused, other(at) | {"sms_hub_sms_id": 0, "resp_code": 777, "hops": 3}]

    with answers(body) as url:
        code, output = inspect(url)
    assert code == 0
    assert "delivery codes outside the vendor's table: 42 (3)" in output
    assert "response codes outside the vendor's table: 777 (1)" in output
    assert "without node and sms id 1" in output
    assert "without any 1" in output
    assert "ids used again 2" in output
    assert "missing       documented, but in no record:" in output
    assert "message_id" in output.partition("missing ")[2]
    assert "hops                       unknown: kept in extra" in output


def test_an_unknown_field_that_may_be_a_documented_one_is_a_guess(
    inspect: Callable[..., tuple[int, str]],
) -> None:
    def body(at: datetime) -> Any:
        found = other(at)
        found["user_name"] = "acme"
        found["uid"] = "1111e111-2d22-4c33-8b44-55555a555555"
        found["dstnumb"] = found.pop("dst_num")
        return [found]

    with answers(body) as url:
        code, output = inspect(url)
    assert code == 0
    guess = json.loads(output.partition("if so:\n")[2])
    assert guess == {"uid": "message_id", "dstnumb": "dst_num"}


def test_the_saved_form_holds_no_content(
    inspect: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / "form.json"
    with answers(lambda at: {"data": [record(at)]}) as url:
        inspect(url, "--save", str(file))
    saved = file.read_text()
    for secret in (KEY, RECIPIENT, TEXT):
        assert secret not in saved
    facts = json.loads(saved)
    assert facts["status"] == 200
    assert '"dst_num": "<text 13>"' in facts["form_of_head"]
    assert any("not read" in line for line in facts["findings"])


def test_a_short_answer_with_content_is_proposed_as_no_form_of_no_traffic(
    inspect: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / "form.json"
    with answers(lambda _: {"owner": TEXT, "data": None}) as url:
        code, output = inspect(url, "--save", str(file))
    assert code == 1
    assert TEXT not in output + file.read_text()


@pytest.mark.parametrize(
    ("keeps", "kept"), [("first", "the first by time"), ("last", "the last"), ("sample", "some")]
)
def test_which_records_a_truncated_answer_holds(
    inspect: Callable[..., tuple[int, str]], keeps: str, kept: str
) -> None:
    with platform(days=31, messages_per_day=60, cap=500, cap_keeps=keeps) as simulator:
        code, output = inspect(simulator.url, "--truncation", "--cap", "500")
        assert len(simulator.requests()) == 3
    assert code == 0
    assert f"are {kept}" in output


def test_below_the_cap_nothing_can_be_said_of_truncation(
    inspect: Callable[..., tuple[int, str]],
) -> None:
    with platform(messages_per_day=50) as simulator:
        code, output = inspect(simulator.url, "--truncation")
        assert len(simulator.requests()) == 1
    assert code == 0
    assert "nothing can be said of one that is" in output


def test_without_a_key_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MIATEL_KEY", raising=False)
    assert main(["inspect"]) == 2
    assert "MIATEL_KEY is not set" in capsys.readouterr().err
