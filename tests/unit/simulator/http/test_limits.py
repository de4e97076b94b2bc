from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from miatel_simulator import Simulator, SimulatorConfig, serve

Get = Callable[..., requests.Response]
DAY = datetime(2026, 1, 5, tzinfo=UTC)
FIRST, LAST = "2026-01-05T00:00:00", "2026-01-05T23:59:59"
CAP = 50


@pytest.fixture(scope="module")
def quiet() -> Iterator[Simulator]:
    config = SimulatorConfig(messages_per_day=20, now=datetime(2026, 2, 1, tzinfo=UTC))
    with serve(config) as simulator:
        yield simulator


@pytest.mark.parametrize(
    ("period", "extra", "error"),
    [
        ((FIRST, LAST), {"ip_auth_key": "wrong"}, "403 ip_auth_key"),
        ((FIRST, LAST), {"ip_auth_key": ""}, "403 ip_auth_key"),
        ((FIRST, LAST), {"get_names": "0"}, "400 get_names"),
        ((FIRST, LAST), {"get_names": ""}, "400 get_names"),
        ((FIRST, LAST), {"limit": "5"}, "400 limit"),
        ((FIRST + "Z", LAST), {}, "400 time_beg"),
        ((FIRST + "+00:00", LAST), {}, "400 time_beg"),
        ((FIRST + ".5", LAST), {}, "400 time_beg"),
        ((FIRST.replace("T", " "), LAST), {}, "400 time_beg"),
        (("2026-02-30T00:00:00", LAST), {}, "400 time_beg"),
        ((FIRST, "2026-01-05"), {}, "400 time_end"),
        ((LAST, FIRST), {}, "400 before"),
        ((FIRST, "2026-02-05T00:00:00"), {}, "400 31 days"),
    ],
)
def test_what_is_refused(
    quiet: Simulator, get: Get, period: tuple[str, str], extra: dict[str, str], error: str
) -> None:
    answer = get(quiet, *period, **extra)
    status, reason = error.split(maxsplit=1)
    assert answer.status_code == int(status)
    assert reason in answer.text
    assert quiet.requests()[-1].refusal == answer.text
    assert quiet.requests()[-1].rows == 0


def test_a_repeated_parameter_is_refused(quiet: Simulator) -> None:
    query = f"ip_auth_key=simulator-key&time_beg={FIRST}&time_beg={FIRST}&time_end={LAST}"
    answer = requests.get(f"{quiet.url}/main-getData.php?{query}", timeout=5)
    assert (answer.status_code, "twice" in answer.text) == (400, True)


def test_exactly_31_days_are_answered(quiet: Simulator, get: Get) -> None:
    answer = get(quiet, FIRST, "2026-02-04T23:59:59")
    assert answer.status_code == 200
    seen = quiet.requests()[-1]
    assert (seen.start, seen.end) == (DAY, DAY + timedelta(days=31))
    assert seen.rows == len(answer.json()) == quiet.count(DAY, DAY + timedelta(days=31))


def test_the_last_second_is_included(get: Get, now: datetime) -> None:
    counts = {DAY: 1, DAY + timedelta(seconds=10): 2, DAY + timedelta(seconds=11): 4}
    with serve(SimulatorConfig(counts=counts, now=now)) as simulator:
        assert len(get(simulator, FIRST, "2026-01-05T00:00:10").json()) == 3
        assert len(get(simulator, "2026-01-05T00:00:11", "2026-01-05T00:00:11").json()) == 4


@pytest.mark.parametrize(("records", "rows"), [(CAP - 1, CAP - 1), (CAP, CAP), (CAP + 1, CAP)])
def test_the_cap_is_silent(get: Get, now: datetime, records: int, rows: int) -> None:
    with serve(SimulatorConfig(counts={DAY: records}, cap=CAP, now=now)) as simulator:
        assert len(get(simulator, FIRST, LAST).json()) == rows
        assert simulator.requests()[0].truncated == (records > CAP)
        assert simulator.count(DAY, DAY + timedelta(days=1)) == records


@pytest.mark.parametrize(
    ("order", "keeps", "second"),
    [
        ("ascending", "by_order", {0}),
        ("descending", "by_order", {2}),
        ("by_id", "by_order", {0}),
        ("shuffled", "by_order", {0, 1, 2}),
        ("ascending", "last", {2}),
        ("descending", "first", {0}),
        ("by_id", "sample", {0, 1, 2}),
    ],
)
def test_which_records_a_capped_answer_holds(
    get: Get, now: datetime, order: str, keeps: str, second: set[int]
) -> None:
    counts = {DAY + timedelta(seconds=number): CAP for number in range(3)}
    config = SimulatorConfig(counts=counts, cap=CAP, now=now, order=order, cap_keeps=keeps)  # type: ignore[arg-type]
    with serve(config) as simulator:
        rows = get(simulator, FIRST, LAST).json()
        ids = {(row["sms_hub_switch_id"], row["sms_hub_sms_id"]) for row in rows}
        assert len(ids) == CAP
        assert ids < set(simulator.identities(DAY, DAY + timedelta(days=1)))
        assert {int(row["sms_hub_sms_time"][-3:-1]) for row in rows} == second


def test_an_answer_capped_by_node_holds_whole_nodes_and_a_part_of_one(
    get: Get, now: datetime
) -> None:
    counts = {DAY + timedelta(seconds=number): CAP for number in range(3)}
    with serve(SimulatorConfig(counts=counts, cap=CAP, now=now, cap_keeps="by_node")) as simulator:
        nodes = [row["sms_hub_switch_id"] for row in get(simulator, FIRST, LAST).json()]
        there = [node for node, _ in simulator.identities(DAY, DAY + timedelta(days=1))]
    assert len(nodes) == CAP < len(there)
    assert sorted(nodes) == sorted(there)[:CAP]


@pytest.mark.parametrize("style", ["status", "json", "json_empty_data", "html", "empty"])
def test_error_styles(get: Get, now: datetime, style: str) -> None:
    config = SimulatorConfig(now=now, error_style=style)  # type: ignore[arg-type]
    with serve(config) as simulator:
        answer = get(simulator, FIRST, LAST, ip_auth_key="wrong")
    assert answer.status_code == (403 if style == "status" else 200)
    if style == "empty":
        assert answer.content == b""
    elif style == "html":
        assert "<html>" in answer.text
    elif style != "status":
        document = answer.json()
        assert "ip_auth_key" in document["error"]
        assert document.get("data") == ([] if style == "json_empty_data" else None)
