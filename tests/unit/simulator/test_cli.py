from __future__ import annotations

import dataclasses
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import requests

from miatel_simulator import FaultPlan, SimulatorConfig
from miatel_simulator.cli import build_parser, read_config

Get = Callable[..., requests.Response]
COMMAND = [sys.executable, "-m", "miatel_simulator"]
NOT_ON_THE_COMMAND_LINE = {"counts", "faults"}
RENAMED = {
    "bursts": "spike",
    "incidents": "incident",
    "drop_fields": "drop_field",
    "unknown_fields": "unknown_field",
}


def test_help_documents_every_setting() -> None:
    text = build_parser().format_help()
    names = {field.name for field in dataclasses.fields(SimulatorConfig)} - NOT_ON_THE_COMMAND_LINE
    names |= {f"fault_{field.name}" for field in dataclasses.fields(FaultPlan)}
    for name in names:
        flag = "--" + RENAMED.get(name, name).replace("_", "-")
        assert flag in text
    assert text.count("default:") >= len(names)


def test_options_become_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIATEL_SIMULATOR_KEY", "from-environment")
    options = "--seed 7 --cap 500 --body sms --gzip --start 2025-03-01 --port 81 --quiet"
    lists = "--spike 2025-04-01T10:00:00/60/150000 --fault-at 3=html --fault-rate 0.1"
    config, port, quiet = read_config(f"{options} {lists}".split())
    assert (config.seed, config.cap, config.body, config.gzip) == (7, 500, "sms", True)
    assert (config.bursts[0].seconds, config.bursts[0].messages) == (60, 150_000)
    assert (config.faults.at, config.faults.rate) == ({3: "html"}, 0.1)
    assert (port, quiet, config.ip_auth_key) == (81, True, "from-environment")


def test_incidents_are_options_too() -> None:
    options = [
        "--incident",
        "kind=inflated,start=2025-04-01T10:00:00,seconds=3600,network=525001,"
        "account=kite_retail,messages=500,failing_share=0.5",
        "--incident",
        "kind=price_change,start=2025-05-01,network=525001,price_factor=1.25",
    ]
    inflated, price = read_config(options)[0].incidents
    assert (inflated.network, inflated.account, inflated.messages) == (525001, "kite_retail", 500)
    assert (price.kind, price.end, price.price_factor) == ("price_change", None, 1.25)


def test_no_options_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIATEL_SIMULATOR_KEY", raising=False)
    assert read_config([])[0] == SimulatorConfig()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--cap 0", "cap"),
        ("--cap many", "--cap"),
        ("--order sideways", "--order"),
        ("--start soon", "no date or time"),
        ("--spike 5", "--spike"),
        ("--incident kind=price_change,start=2025-05-01,price_factor=much", "much"),
        ("--incident kind=price_change,start=2025-05-01,speed=3", "speed"),
        ("--incident start=2025-05-01", "kind"),
        ("--incident kind=price_change,start=2025-05-01,price_factor=2,account=nobody", "nobody"),
        ("--fault-at html", "--fault-at"),
        ("--fault-at 1=explode", "explode"),
        ("--drop-field nothing", "drop_fields"),
        ("--port 70000", "--port"),
        ("--end 2020-01-01", "end must not be before start"),
    ],
)
def test_bad_options_are_named(
    arguments: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_config(arguments.split())
    assert reason in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_stops_cleanly(get: Get, stop: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "--now", "2026-02-01"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        url = process.stdout.readline().removeprefix("listening on ").strip()
        rows = get(SimpleNamespace(url=url), "2026-01-05T00:00:00", "2026-01-05T00:59:59").json()
        line = process.stdout.readline()
        process.send_signal(stop)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    assert f"status 200 {len(rows)} rows" in line
    assert "key" not in line


@pytest.mark.slow
def test_a_taken_port_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [*COMMAND, "--port", port], capture_output=True, text=True, timeout=20, check=False
        )
    assert run.returncode == 1
    assert port in run.stderr
