"""The hook: from a connection to a client, and the cause of a failure in words."""

import json
import socket
from datetime import UTC, datetime

import pytest
from canary import CANARY, leaks_in

from miatel.errors import FatalError
from miatel_provider.hooks import MiatelHook
from miatel_simulator import FaultPlan, SimulatorConfig, serve

NOW = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def platform():
    config = SimulatorConfig(
        start=datetime(2026, 1, 1, tzinfo=UTC),
        now=NOW,
        messages_per_day=200,
        ip_auth_key=CANARY,
        date="host",
        unknown_fields=("string",),
    )
    with serve(config) as simulator:
        yield simulator


@pytest.fixture
def connect(monkeypatch):
    """Make the connection `miatel_default` and give its hook."""

    def _connect(**fields):
        fields = {"conn_type": "miatel", "password": CANARY, **fields}
        monkeypatch.setenv("AIRFLOW_CONN_MIATEL_DEFAULT", json.dumps(fields))
        return MiatelHook()

    return _connect


def test_a_good_connection_costs_one_small_request(connect, platform):
    platform.reset()
    works, message = connect(host=platform.url).test_connection()
    assert works, message
    (request,) = platform.requests()
    assert (request.end - request.start).total_seconds() == 1


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"password": "another key"}, "KeyRefusedError"),
        ({"password": ""}, "key"),
        ({"host": "sms-hub2.miatel.ru"}, "scheme"),
        ({"host": "http://127.0.0.1", "port": 8000}, "http"),
    ],
)
def test_a_wrong_connection_is_told_apart(connect, platform, fields, cause):
    works, message = connect(**{"host": platform.url, **fields}).test_connection()
    assert not works
    assert cause in message
    assert not leaks_in(message)


def test_an_unreachable_host_is_told_at_once(connect):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    works, message = connect(host=address).test_connection()
    assert not works
    assert message.startswith("UnreachableError")
    assert not leaks_in(message)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("html", "BrokenAnswerError"),
        ("http_500", "ServerFailedError"),
        ("http_429", "ServerBusyError"),
        ("busy_error", "ServerBusyError"),
        ("empty", "BrokenAnswerError"),
    ],
)
def test_a_broken_answer_is_told_by_its_kind(connect, platform, fault, cause):
    platform.reset()
    platform.set_faults(FaultPlan(at={1: fault}))
    works, message = connect(host=platform.url).test_connection()
    assert not works
    assert message.startswith(cause)
    assert not leaks_in(message)


def test_a_blank_host_means_the_vendor(connect):
    assert "https://sms-hub2.miatel.ru" in repr(connect(host="").get_conn())


def test_a_port_in_a_field_of_its_own_is_refused(connect):
    with pytest.raises(FatalError, match="port field"):
        connect(host="http://127.0.0.1", port=8000).get_conn()


def test_a_data_frame_holds_the_records_of_the_period(connect, platform):
    platform.reset()
    frame = connect(host=platform.url).get_df("2026-01-02", "2026-01-04T12:00:00")
    truth = platform.truth(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 4, 12, tzinfo=UTC))
    assert sorted(frame["sms_hub_sms_id"]) == sorted(truth["sms_hub_sms_id"].to_pylist())
    assert list(frame.columns)[:3] == ["sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time"]
    assert str(frame["sms_hub_sms_time"].dt.tz) == "UTC"
