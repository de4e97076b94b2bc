from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
import requests

from miatel_simulator import (
    FaultPlan,
    RequestSeen,
    SimulatorConfig,
    count_overlaps,
    max_in_flight,
    serve,
)
from miatel_simulator.http.journal import Journal

pytestmark = pytest.mark.slow

Get = Callable[..., requests.Response]
FIRST, LAST = "2026-01-05T00:00:00", "2026-01-05T23:59:59"


def test_a_second_request_in_flight_is_refused_and_both_are_marked(
    get: Get, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    config = SimulatorConfig(messages_per_day=100, now=now, latency_seconds=0.5)
    with serve(config) as simulator:
        answers: list[requests.Response] = []
        first = threading.Thread(target=lambda: answers.append(get(simulator, FIRST, LAST)))
        first.start()
        time.sleep(0.2)
        second = get(simulator, FIRST, LAST)
        first.join()
        assert (answers[0].status_code, second.status_code) == (200, 429)
        seen = simulator.requests()
        assert [item.overlapped for item in seen] == [True, True]
        assert [item.refusal is None for item in seen] == [True, False]
        assert (max_in_flight(seen), count_overlaps(seen)) == (2, 2)
        assert "request 2 overlaps with 1" in caplog.text


def test_one_after_the_other_never_overlaps(now: datetime) -> None:
    config = SimulatorConfig(messages_per_day=3_000, now=now)
    with serve(config) as simulator, requests.Session() as session:
        parameters = {"ip_auth_key": "simulator-key", "time_beg": FIRST, "time_end": LAST}
        for _ in range(200):
            session.get(f"{simulator.url}/main-getData.php", params=parameters, timeout=5)
        seen = simulator.requests()
        assert len(seen) == 200
        assert max_in_flight(seen) == 1
        assert count_overlaps(seen) == 0


def test_a_client_that_gave_up_is_no_longer_in_flight(get: Get, now: datetime) -> None:
    faults = FaultPlan(at={1: "hang"}, hang_seconds=20)
    with serve(SimulatorConfig(messages_per_day=100, now=now, faults=faults)) as simulator:
        address = ("127.0.0.1", int(simulator.url.rsplit(":", 1)[1]))
        target = f"/main-getData.php?ip_auth_key=simulator-key&time_beg={FIRST}&time_end={LAST}"
        with socket.create_connection(address) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.2)
        assert get(simulator, FIRST, LAST).status_code == 200
        time.sleep(0.2)
        seen = simulator.requests()
        assert [item.overlapped for item in seen] == [False, False]
        assert [item.client_left for item in seen] == [True, False]


def test_most_in_flight_is_counted_from_the_times() -> None:
    spans = [(0.0, 2.0), (1.0, 3.0), (2.0, 4.0), (5.0, 6.0)]
    seen = [RequestSeen(number, *span) for number, span in enumerate(spans, 1)]
    assert max_in_flight(seen) == 2
    assert max_in_flight([]) == 0


def test_the_key_is_nowhere_in_what_is_kept(
    get: Get, now: datetime, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="miatel_simulator")
    key = "canary key/+&="
    config = SimulatorConfig(messages_per_day=10, now=now, ip_auth_key=key)
    with serve(config, on_request=lambda seen: print(seen, seen.describe())) as simulator:  # noqa: T201
        assert get(simulator, FIRST, LAST, ip_auth_key=key).status_code == 200
        assert get(simulator, FIRST, "x", ip_auth_key=key).status_code == 400
        kept = (
            repr(simulator.requests())
            + requests.get(f"{simulator.url}/_sim/requests", timeout=5).text
        )
    assert "canary" not in kept + "".join(capfd.readouterr()) + repr(caplog.messages)


def test_a_client_that_had_left_before_it_was_heard_overlaps_with_nobody() -> None:
    """It gave up on a busy host, and asked again; the host hears the second request first."""
    journal = Journal()
    second = journal.board(lambda: False)
    first = journal.board(lambda: True)
    assert not first.second_in_flight
    journal.land(second)
    journal.land(first)
    assert count_overlaps(journal.requests()) == 0


def test_a_client_that_waits_overlaps_with_another_that_waits() -> None:
    journal = Journal()
    flights = [journal.board(lambda: False) for _ in range(2)]
    assert flights[1].second_in_flight
    for flight in flights:
        journal.land(flight)
    assert count_overlaps(journal.requests()) == 2
