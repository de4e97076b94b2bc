"""The hook: from a connection to a client, and the cause of a failure in words."""

import json
import socket
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from airflow.sdk.log import redact
from canary import CANARY, leaks_in, leaks_in_files

from miatel import FatalError, HttpSettings, open_lake
from miatel.lake.origin import known_origins
from miatel_provider.__main__ import main
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
    assert (request.end - request.start).total_seconds() == 3600


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"password": "another key"}, "KeyRefusedError"),
        ({"password": ""}, "key"),
        ({"host": "sms-hub2.miatel.ru"}, "scheme"),
        ({"host": "http://127.0.0.1", "port": 8000}, "http"),
    ],
)
def test_the_cause_of_a_wrong_connection_is_named(connect, platform, fields, cause):
    works, message = connect(**{"host": platform.url, **fields}).test_connection()
    assert not works
    assert cause in message
    assert not leaks_in(message)


def test_an_unreachable_host_is_reported_at_once(connect):
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
def test_the_kind_of_a_broken_answer_is_named(connect, platform, fault, cause):
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


def test_settings_of_the_extra_reach_the_client(connect, platform, tmp_path):
    extra = {
        "field_names": {"time": "sms_hub_sms_time"},
        "records_at": "/data",
        "no_traffic": [{"data": False}],
        "not_counts": ["total_cost"],
        "ca_bundle": str(tmp_path),
        "proxy": None,
        "allow_plain_http": True,
    }
    client = connect(host="http://sms.example", extra=extra).get_conn()
    assert client.form.field_names == {"time": "sms_hub_sms_time"}
    assert client.form.records_at == "/data"
    assert client.form.no_traffic == ({"data": False},)
    assert client.form.not_counts == frozenset({"total_cost"})
    assert client.http.ca_bundle == str(tmp_path)


def test_what_the_form_leaves_empty_is_not_set(connect):
    extra = {
        "field_names": {}, "records_at": "", "no_traffic": [], "not_counts": None,
        "ca_bundle": "", "proxy": "", "allow_plain_http": False,
    }  # fmt: skip
    client = connect(extra=extra).get_conn()
    assert client.form == connect().get_conn().form
    assert client.http == HttpSettings()


@pytest.mark.parametrize(
    ("extra", "cause"),
    [
        ({"ip_auth_key": CANARY}, "holds ip_auth_key.*password"),
        ({"IP_Auth_Key": CANARY}, "holds IP_Auth_Key.*password"),
        ({"password": CANARY, "secret": CANARY}, "holds password, secret"),
        ({"proxy": f"http://user:{quote(CANARY, safe='')}@host:port"}, "proxy"),
        ({"ca_bundle": "/nowhere.pem"}, "ca_bundle"),
        ({"allow_plain_http": "yes"}, "allow_plain_http"),
        ([1], "no JSON object"),
    ],
)
def test_an_extra_that_cannot_be_used_is_named_without_a_secret(connect, platform, extra, cause):
    platform.reset()
    hook = connect(host=platform.url, extra=json.dumps(extra))
    with pytest.raises(FatalError, match=cause) as caught:
        hook.get_conn()
    works, message = hook.test_connection()
    assert not works
    assert not leaks_in(f"{message} {caught.value!r} {caught.value.__context__!r}")
    assert platform.requests() == []


def test_a_secret_in_the_extra_and_the_proxys_password_are_masked_from_then_on(connect, capsys):
    with pytest.raises(FatalError):
        connect(extra={"ip_auth_key": "mIsplaced canary"}).get_conn()
    connect(extra={"proxy": "http://user:pRoxy%2Fcanary@proxy.example:3128"}).get_conn()
    text = redact("mIsplaced canary, mIsplaced%20canary, pRoxy/canary, pRoxy%2Fcanary")
    assert "canary" not in text


def test_a_connection_that_is_missing_is_fatal_and_says_what_to_create(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_MIATEL_DEFAULT", raising=False)
    with pytest.raises(FatalError, match=r"no connection miatel_default\. Create it: type Miatel"):
        MiatelHook().get_conn()
    works, message = MiatelHook().test_connection()
    assert not works
    assert "AIRFLOW_CONN_MIATEL_DEFAULT" in message


def test_plain_http_is_refused_unless_the_connection_says_so(connect):
    with pytest.raises(FatalError, match="plain http"):
        connect(host="http://sms.example").get_conn()
    connect(host="http://sms.example", extra={"allow_plain_http": True}).get_conn()


def test_the_command_adds_the_connections_key_to_the_lakes_origins(
    connect, platform, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("MIATEL_LAKE", str(tmp_path))
    connect(host=platform.url)
    assert main(["origin", "list"]) == 1
    assert main(["origin", "add", "--name", "main"]) == 0
    assert main(["origin", "list"]) == 0
    captured = capsys.readouterr()
    assert f"added main at {platform.url}" in captured.out
    assert not leaks_in(captured.out + captured.err)
    assert not list(leaks_in_files(tmp_path))
    assert known_origins(open_lake(tmp_path)) == {"main"}
    assert main(["origin", "add", "--conn-id", "miatel_forgotten"]) == 2
    assert "there is no connection miatel_forgotten" in capsys.readouterr().err
