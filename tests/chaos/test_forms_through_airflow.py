"""100,000 records in each form, landed by Airflow's own history run: every value equals the truth.

An answer with as many records as the platform's limit is never taken for whole, so the day is asked
for in parts; each part comes in the same form.
"""

import json
import subprocess

import pytest
from project import BIN, PROJECT, simulated_environment
from simulated import prepare_airflow

from miatel_simulator import serve
from tests.support.landed import KEY, assert_landed_equals_truth, utc
from tests.support.rendered import NEW_FORMS, config_of

START, END = utc(2026, 1, 30), utc(2026, 1, 31)
RECORDS = 100_000
PERIOD = json.dumps({"start": f"{START:%F}", "end": f"{END:%F}"})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of Airflow with its database; each run names its own connection."""
    home = tmp_path_factory.mktemp("airflow")
    prepare_airflow({}, simulated_environment(home, home / "data"), home / "prepare.log")
    return home


@pytest.mark.parametrize("form", NEW_FORMS, ids=lambda form: "-".join(form.values()))
def test_a_history_run_lands_an_answer_at_the_limit_whole(tmp_path, home, is_full, form, note):
    if not is_full:
        pytest.skip("half a minute for each form: `make chaos` runs it")
    with serve(config_of(START, END, RECORDS, **form)) as simulator:
        connection = {"conn_type": "miatel", "host": simulator.url, "password": KEY}
        environment = {
            **simulated_environment(home, tmp_path),
            "AIRFLOW_CONN_MIATEL_DEFAULT": json.dumps(connection),
        }
        command = [BIN / "airflow", "dags", "test", "miatel_history", "2026-02-01", "-c", PERIOD]
        done = subprocess.run(
            command, env=environment, cwd=PROJECT, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert KEY not in done.stdout + done.stderr
        records = assert_landed_equals_truth(tmp_path / "lake", simulator, START, END)
        requests = len(simulator.requests())
    assert records == RECORDS
    name = "-".join(form.values())
    note(f"form {name} through the DAG: {records:,} records, {requests} requests")
