"""The header Date: of the platform's own clock, of its host's, or none; and a cache's Age."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from miatel_simulator import FaultPlan, SimulatorConfig, serve
from miatel_simulator.cli import read_config

NOW = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)


def headers_of(simulator, key="simulator-key"):
    question = {"ip_auth_key": key, "time_beg": "2026-01-05T00:00:00"}
    answer = requests.get(
        f"{simulator.url}/main-getData.php",
        params={**question, "time_end": "2026-01-05T00:59:59"},
        timeout=10,
    )
    return answer.headers


def test_every_kind_of_answer_has_the_platforms_own_time():
    faults = FaultPlan(at={2: "http_503", 3: "html", 4: "busy_error"})
    with serve(SimulatorConfig(now=NOW, faults=faults)) as simulator:
        for _ in range(4):
            assert headers_of(simulator)["Date"] == "Mon, 05 Jan 2026 12:00:30 GMT"
        assert headers_of(simulator, "wrong")["Date"] == "Mon, 05 Jan 2026 12:00:30 GMT"
        simulator.set_now(NOW + timedelta(hours=2))
        assert headers_of(simulator)["Date"] == "Mon, 05 Jan 2026 14:00:30 GMT"
        assert "Age" not in headers_of(simulator)


def test_the_hosts_time_is_the_real_one():
    with serve(SimulatorConfig(now=NOW, date="host")) as simulator:
        sent = parsedate_to_datetime(headers_of(simulator)["Date"])
    assert abs(datetime.now(UTC) - sent) < timedelta(minutes=1)


def test_it_may_tell_none_and_it_may_look_like_a_cache():
    with serve(SimulatorConfig(now=NOW, date="none", age_seconds=7)) as simulator:
        headers = headers_of(simulator)
    assert "Date" not in headers
    assert headers["Age"] == "7"


@pytest.mark.parametrize("whose", ["own", "host", "none"])
def test_the_command_line_takes_both(whose):
    config, *_ = read_config(["--date", whose, "--age-seconds", "3"])
    assert (config.date, config.age_seconds) == (whose, 3)
