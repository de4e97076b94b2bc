"""Two DAGs and a script at work at once: the platform never sees two requests in flight."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from project import BIN, PROJECT, simulated_environment

from miatel_simulator import SimulatorConfig, count_overlaps, max_in_flight, serve

KEY = "one-at-a-time"
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)
DAILY_END = datetime(2026, 1, 13, tzinfo=UTC)
SCRIPT = Path(__file__).with_name("land_by_script.py")


@pytest.fixture
def platform():
    config = SimulatorConfig(
        start=START,
        now=END + timedelta(days=5),
        messages_per_day=200,
        ip_auth_key=KEY,
        date="host",
        latency_seconds=0.5,
    )
    with serve(config) as simulator:
        yield simulator


def run_together(*commands):
    """Run commands, each with its environment, all at once; the key is on their standard input."""
    running = [
        subprocess.Popen(
            command,
            env=environment,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command, environment in commands
    ]
    for process in running:
        process.stdin.write(KEY)
        process.stdin.close()
        process.stdin = None
    for process in running:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output


def landed_ids(lake, start, end):
    table = ds.dataset(lake / "raw/mdr").to_table(columns=["sms_hub_sms_id", "sms_hub_sms_time"])
    return sorted(
        row["sms_hub_sms_id"] for row in table.to_pylist() if start <= row["sms_hub_sms_time"] < end
    )


def test_requests_never_overlap_and_nobody_loses_a_message(finished, directory, platform, tmp_path):
    # Two homes, since this is about the API, and SQLite refuses one of two writers that meet.
    homes = [directory / ".airflow", tmp_path / "home"]
    shutil.copytree(*homes)
    connection = {"conn_type": "miatel", "host": platform.url, "password": KEY}
    history, daily = (
        {
            **simulated_environment(home, tmp_path),
            "AIRFLOW_CONN_MIATEL_DEFAULT": json.dumps(connection),
        }
        for home in homes
    )
    period = json.dumps({"start": "2026-01-01", "end": "2026-01-11"})
    test_dag = [BIN / "airflow", "dags", "test"]
    days = [f"{tmp_path}/lake/raw/mdr/mdr_date=2026-01-{day}/mdr.parquet" for day in (10, 12)]
    run_together(
        ([*test_dag, "miatel_history", "2026-01-12", "-c", period], history),
        ([*test_dag, "miatel_extract", "2026-01-13"], daily),
        ([sys.executable, SCRIPT, platform.url, tmp_path / "own", *days], daily),
    )

    seen = platform.requests()
    assert count_overlaps(seen) == 0
    assert max_in_flight(seen) == 1
    assert [request.refusal for request in seen if request.refusal] == []
    assert max(request.end - request.start for request in seen) <= timedelta(days=31)
    daily = [request.number for request in seen if request.end == DAILY_END]
    assert 1 < daily[0] < len(seen), "they did work at once"

    truth = sorted(platform.truth(START, END)["sms_hub_sms_id"].to_pylist())
    assert landed_ids(tmp_path / "own", START, END) == truth
    assert landed_ids(tmp_path / "lake", START, END) == truth
    assert pq.read_metadata(days[-1]).num_rows == platform.count(
        DAILY_END - timedelta(days=1), DAILY_END
    )
