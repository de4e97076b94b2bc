from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests

from miatel_simulator import FAULT_KINDS, FaultPlan, SimulatorConfig, serve

Get = Callable[..., requests.Response]
FIRST, LAST = "2026-01-05T00:00:00", "2026-01-05T23:59:59"
DAY = datetime(2026, 1, 5, tzinfo=UTC)


def config(kind: str, now: datetime) -> SimulatorConfig:
    faults = FaultPlan(at={1: kind}, hang_seconds=0.2, slow_seconds=0.2, retry_after_seconds=7)
    return SimulatorConfig(messages_per_day=2_000, now=now, faults=faults)


def check_pause(get: Get, now: datetime, kind: str) -> requests.Response:
    """Meet a fault, then see the next request answered well and without overlap."""
    with serve(config(kind, now)) as simulator:
        answer = get(simulator, FIRST, LAST)
        assert len(get(simulator, FIRST, LAST).json()) == simulator.count(
            DAY, DAY + timedelta(days=1)
        )
        assert [seen.fault for seen in simulator.requests()] == [kind, None]
        return answer


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [
        ("http_500", 500, None),
        ("http_502", 502, None),
        ("http_503", 503, None),
        ("http_429", 429, "7"),
        ("http_429_bare", 429, None),
    ],
)
def test_status_faults(
    get: Get, now: datetime, kind: str, status: int, retry_after: str | None
) -> None:
    answer = check_pause(get, now, kind)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)


def test_page_faults(get: Get, now: datetime) -> None:
    assert "<html>" in check_pause(get, now, "html").text
    assert check_pause(get, now, "empty").content == b""
    assert set(check_pause(get, now, "busy_error").json()) == {"error"}


@pytest.mark.parametrize("kind", ["reset_before", "reset_during", "cut_body", "hang"])
def test_broken_connections(get: Get, now: datetime, kind: str) -> None:
    with serve(config(kind, now)) as simulator:
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            get(simulator, FIRST, LAST)
        assert get(simulator, FIRST, LAST).status_code == 200
        assert [seen.overlapped for seen in simulator.requests()] == [False, False]
        assert simulator.requests()[0].fault == kind


def test_half_a_json_arrives_whole(get: Get, now: datetime) -> None:
    answer = check_pause(get, now, "half_json")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_slow_is_right_but_late(get: Get, now: datetime) -> None:
    begin = time.monotonic()
    rows = check_pause(get, now, "slow").json()
    assert rows
    assert time.monotonic() - begin >= 0.2


def test_lossy_leaves_records_out_and_stray_moves_one(get: Get, now: datetime) -> None:
    with serve(config("lossy", now)) as simulator:
        rows, whole = (get(simulator, FIRST, LAST).json() for _ in range(2))
        assert rows == whole[::2]
    with serve(config("stray", now)) as simulator:
        rows, whole = (get(simulator, FIRST, LAST).json() for _ in range(2))
        assert rows[1:] == whole[1:]
        assert rows[0]["sms_hub_sms_time"] < "2026-01-05"


def test_a_rate_is_seeded_and_brings_only_what_a_client_can_mend() -> None:
    plan = FaultPlan(rate=0.3, seed=5)
    met = [plan.fault_for(number) for number in range(1, 2_001)]
    kinds = {kind for kind in met if kind}
    assert met == [plan.fault_for(number) for number in range(1, 2_001)]
    assert met != [FaultPlan(rate=0.3, seed=6).fault_for(number) for number in range(1, 2_001)]
    assert sum(kind is not None for kind in met) == pytest.approx(600, abs=80)
    assert kinds == set(FAULT_KINDS) - {"lossy", "stray"}


def test_bad_plans_are_refused() -> None:
    for bad in ({"rate": 2}, {"at": {1: "explode"}}, {"rate": 0.5, "kinds": ()}):
        with pytest.raises(ValueError, match=r"fault"):
            FaultPlan(**bad)


def test_latency_comes_before_every_answer_and_for_each_record(get: Get, now: datetime) -> None:
    settings = SimulatorConfig(
        counts={DAY: 10}, now=now, latency_seconds=0.1, latency_per_record_seconds=0.02
    )
    with serve(settings) as simulator:
        get(simulator, FIRST, LAST)
        seen = simulator.requests()[0]
        assert seen.finished_at - seen.received_at >= 0.3
