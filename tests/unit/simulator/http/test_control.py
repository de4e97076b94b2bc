from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
import requests

from miatel_simulator import Simulator, SimulatorConfig, serve
from miatel_simulator.http.query import Query

Get = Callable[..., requests.Response]
DAY = datetime(2026, 1, 5, tzinfo=UTC)
END = DAY + timedelta(days=2)
FIRST, LAST = "2026-01-05T00:00:00", "2026-01-05T23:59:59"
PERIOD = "start=2026-01-05&end=2026-01-07"


@pytest.fixture
def simulator(now: datetime) -> Iterator[Simulator]:
    config = SimulatorConfig(messages_per_day=500, start=datetime(2026, 1, 1, tzinfo=UTC), now=now)
    with serve(config) as running:
        yield running


def read(simulator: Simulator, page: str) -> requests.Response:
    return requests.get(f"{simulator.url}/_sim/{page}", timeout=5)


def post(simulator: Simulator, page: str, body: object = None) -> requests.Response:
    return requests.post(f"{simulator.url}/_sim/{page}", json=body, timeout=5)


def test_truth_over_http_is_the_truth_in_process(simulator: Simulator) -> None:
    truth = read(simulator, f"truth?{PERIOD}").json()
    days = simulator.count_by_day(DAY, END)
    assert truth["days"] == {day.isoformat(): count for day, count in days.items()}
    assert truth["total"] == simulator.count(DAY, END) > 0
    ids = read(simulator, f"ids?{PERIOD}").json()
    assert ids["fields"] == ["sms_hub_switch_id", "sms_hub_sms_id"]
    assert [tuple(pair) for pair in ids["ids"]] == simulator.identities(DAY, END)
    stream = read(simulator, f"records?{PERIOD}").content
    assert pa.ipc.open_stream(stream).read_all() == simulator.truth(DAY, END)


def test_without_a_period_the_truth_is_the_whole_history(simulator: Simulator) -> None:
    truth = read(simulator, "truth").json()
    assert truth["start"] == "2026-01-01T00:00:00Z"
    assert truth["total"] == simulator.count(simulator.config.start, simulator.now()) > 10_000


def test_the_clock_can_be_set_advanced_and_freed(simulator: Simulator) -> None:
    assert post(simulator, "clock", {"now": "2026-01-06"}).json()["now"] == "2026-01-06T00:00:00Z"
    assert simulator.count(DAY + timedelta(days=1, seconds=1), END) == 0
    post(simulator, "clock", {"advance_seconds": 86_400})
    assert simulator.now() == datetime(2026, 1, 7, tzinfo=UTC)
    post(simulator, "clock", {"now": None})
    assert abs(simulator.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_requests_are_reported(simulator: Simulator, get: Get) -> None:
    get(simulator, FIRST, LAST, get_names="1")
    report = read(simulator, "requests").json()
    (seen,) = report["requests"]
    assert (seen["start"], seen["end"]) == ("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z")
    assert (seen["get_names"], seen["status"]) == (True, 200)
    assert seen["rows"] == simulator.count(DAY, DAY + timedelta(days=1))
    assert (report["overlaps"], report["max_in_flight"]) == (0, 1)


def test_faults_can_be_set_and_reset(simulator: Simulator, get: Get, now: datetime) -> None:
    post(simulator, "faults", {"at": {"2": "http_503"}})
    assert [get(simulator, FIRST, LAST).status_code for _ in range(3)] == [200, 503, 200]
    post(simulator, "clock", {"now": "2026-01-03"})
    post(simulator, "reset")
    assert simulator.requests() == []
    assert simulator.now() == now
    assert [get(simulator, FIRST, LAST).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ("clock", {}),
        ("clock", {"now": "soon"}),
        ("clock", {"now": 5}),
        ("clock", {"advance_seconds": "x"}),
        ("faults", {"rate": 7}),
        ("faults", {"at": ["html"]}),
        ("faults", {"no_such": 1}),
        ("reset", [1]),
    ],
)
def test_bad_commands_say_why(simulator: Simulator, page: str, body: object) -> None:
    answer = post(simulator, page, body)
    assert answer.status_code == 400
    assert len(answer.text) > 10


def test_unknown_pages_are_not_found(simulator: Simulator) -> None:
    assert read(simulator, "nothing").status_code == 404
    assert post(simulator, "health").status_code == 404
    assert requests.get(f"{simulator.url}/other.php", timeout=5).status_code == 404
    assert read(simulator, "truth?start=yesterday").status_code == 400


def test_a_repeated_request_is_not_rendered_again_until_the_clock_moves(now: datetime) -> None:
    simulator = Simulator(SimulatorConfig(messages_per_day=500, now=now))
    query = Query(DAY, END, get_names=False)
    first = simulator.answer(query)
    assert simulator.answer(query) is first
    assert simulator.answer(query, "lossy").rows < first.rows
    assert simulator.answer(query) is first
    simulator.set_now(DAY)
    assert simulator.answer(query).rows < first.rows


def test_stopping_ends_open_connections(now: datetime) -> None:
    with requests.Session() as session:
        with serve(SimulatorConfig(now=now)) as simulator:
            assert session.get(f"{simulator.url}/_sim/health", timeout=5).json()["status"] == "ok"
        with pytest.raises(requests.ConnectionError):
            session.get(f"{simulator.url}/_sim/health", timeout=5)
