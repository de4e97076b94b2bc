"""Under a real scheduler: backfill, the asset's trigger, bad parameters, and no key anywhere."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from airflow_stack import running_airflow
from canary import CANARY, WRONG_CANARY, leaks_in, leaks_in_files
from project import BIN, PROJECT, simulated_environment

from miatel_simulator import FaultPlan, SimulatorConfig, count_overlaps, serve

DAYS = ["2026-01-05", "2026-01-06", "2026-01-07"]
EXAMPLE = (PROJECT / "docs/bi_tools.md").read_text().partition("```python\nfrom airflow")[2]
EXAMPLE = f"from airflow{EXAMPLE.partition('```')[0]}"
BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"


# dbt as it is; but of one DAG it hangs with a child, or has nothing to do.
DBT = """#!/bin/sh
case "$AIRFLOW_CTX_DAG_ID $(cat {state})" in
    "hung_transform hang") sleep 600 & echo "$$ $!" >{state}.pids; wait ;;
    "hung_transform idle") exit 0 ;;
    *) exec {dbt} "$@" ;;
esac
"""


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def platform():
    config = SimulatorConfig(
        start=day("2026-01-01"),
        now=day("2026-01-20"),
        messages_per_day=300,
        ip_auth_key=CANARY,
        date="host",
        faults=FaultPlan(at={1: "http_500", 2: "html", 4: "reset_before"}),
    )
    with serve(config) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("scheduler")


@pytest.fixture(scope="module")
def airflow(platform, directory):
    """Airflow at DEBUG, with a DAG of extractions that fail beside those of the project."""
    home = directory / "home"
    own = directory / "own_dags/after_miatel_marts.py"
    own.parent.mkdir()
    own.write_text(EXAMPLE)
    bundles = [
        {"name": "dags-folder", "classpath": BUNDLE, "kwargs": {}},
        {
            "name": "tests",
            "classpath": BUNDLE,
            "kwargs": {"path": str(Path(__file__).parent / "dags")},
        },
        {"name": "own", "classpath": BUNDLE, "kwargs": {"path": str(own.parent)}},
    ]
    dbt = directory / "dbt"
    dbt.write_text(DBT.format(state=directory / "dbt_state", dbt=BIN / "dbt"))
    dbt.chmod(0o755)
    (directory / "dbt_state").write_text("as it is")
    environment = {
        **simulated_environment(home, directory / "data"),
        "MIATEL_DBT": str(dbt),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
    }
    good = {"conn_type": "miatel", "host": platform.url, "password": CANARY}
    connections = {
        "miatel_default": good,
        "miatel_wrong_key": {**good, "password": WRONG_CANARY},
        "miatel_unreachable": {**good, "host": "http://127.0.0.1:9"},
    }
    with running_airflow(home, environment, connections, removed_pool="miatel_api") as stack:
        yield stack


@pytest.fixture(scope="module")
def backfill(airflow):
    """Airflow's own backfill of three days, finished."""
    airflow.airflow(
        "backfill", "create", "--dag-id", "miatel_extract",
        "--from-date", DAYS[0], "--to-date", DAYS[-1],
    )  # fmt: skip
    airflow.server.switch_on("miatel_extract")
    airflow.finished_runs("miatel_extract", len(DAYS) + 1)  # with yesterday's, by the schedule
    return airflow.runs("miatel_extract", "backfill")


@pytest.fixture(scope="module")
def run_without_date(airflow, backfill):
    """A finished run that was triggered by hand, without a date.

    The transformation waits for its new data: one build is enough for all these tests.
    """
    airflow.server.switch_on("miatel_transform")
    output = airflow.airflow("dags", "trigger", "miatel_extract", "--output", "json")
    assert "miatel_extract" in output
    runs = airflow.finished_runs("miatel_extract", 1, "manual")
    (run,) = [run for run in runs if run["logical_date"] is None]
    return run


@pytest.fixture(scope="module")
def transformations(airflow, run_without_date):
    """The finished runs of the transformation."""
    return airflow.finished_runs("miatel_transform", 1)


@pytest.fixture(scope="module")
def failed_run(airflow, backfill):
    """A finished run of the DAG whose extractions fail, each for its own reason."""
    started = airflow.post("dags/failing_extracts/dagRuns", {"logical_date": None})
    assert started.status_code == 200, started.text
    (run,) = airflow.finished_runs("failing_extracts", 1)
    return run


@pytest.fixture(scope="module")
def added_origin(airflow, failed_run):
    """The other key added to the lake's list, after a run with it was refused; what was said."""
    command = [sys.executable, "-m", "miatel_provider", "origin", "add"]
    return subprocess.run(
        [*command, "--conn-id", "miatel_wrong_key", "--name", "another-key"],
        env=airflow.environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def connection_tests(airflow, platform, backfill):
    """What the UI's test of a connection says of the right key and of a wrong one.

    After the backfill, which is what meets the platform's faults.
    """
    platform.set_faults(FaultPlan())
    body = {"connection_id": "new", "conn_type": "miatel", "host": platform.url}
    return [
        airflow.post("connections/test", {**body, "password": key}).json()
        for key in (CANARY, WRONG_CANARY)
    ]


def test_no_dag_has_an_import_error(airflow):
    assert airflow.get("importErrors")["import_errors"] == []


def test_the_scheduler_makes_the_pool_that_is_missing(airflow):
    pool = airflow.get("pools/miatel_api")
    assert (pool["slots"], pool["include_deferred"]) == (1, True)


def test_a_backfill_runs_the_days_that_begin_on_its_dates(backfill):
    assert [run["state"] for run in backfill] == ["success"] * 3
    intervals = [(run["data_interval_start"], run["data_interval_end"]) for run in backfill]
    ends = [*DAYS[1:], "2026-01-08"]
    assert intervals == [
        (f"{start}T00:00:00Z", f"{end}T00:00:00Z") for start, end in zip(DAYS, ends, strict=True)
    ]


def test_a_backfill_lands_every_message_of_its_days(backfill, platform, directory):
    truth = platform.truth(day(DAYS[0]), day("2026-01-08"))
    landed = [
        message
        for name in DAYS
        for message in pq.read_table(
            directory / f"data/lake/raw/mdr/mdr_date={name}/mdr.parquet", partitioning=None
        )["sms_hub_sms_id"].to_pylist()
    ]
    assert sorted(landed) == sorted(truth["sms_hub_sms_id"].to_pylist())


def test_the_platform_never_saw_two_requests_at_once(backfill, platform):
    assert count_overlaps(platform.requests()) == 0


def test_a_run_returns_small_facts_and_names_its_days_in_the_event(airflow, backfill):
    run_id = backfill[-1]["dag_run_id"]
    path = f"dags/miatel_extract/dagRuns/{run_id}/taskInstances/land_messages/xcomEntries"
    facts = airflow.get(f"{path}/return_value")["value"]
    assert facts["rows"] if isinstance(facts, dict) else json.loads(facts)["rows"]
    events = airflow.get("assets/events")["asset_events"]
    assert DAYS[-1] in {name for event in events for name in event["extra"]["days"]}


def test_a_run_triggered_without_a_date_lands_the_last_day_that_ended(
    airflow, run_without_date, directory
):
    run = run_without_date
    assert run["state"] == "success"
    last = datetime.fromisoformat(run["run_after"]).date() - timedelta(days=1)
    path = f"dags/miatel_extract/dagRuns/{run['dag_run_id']}/taskInstances/land_messages"
    fields = airflow.get(path)["rendered_fields"]
    assert (fields["start"], fields["end"]) == (f"{last}", f"{last + timedelta(days=1)}")
    assert (directory / f"data/lake/raw/mdr/mdr_date={last}/mdr.parquet").exists()
    logs = json.dumps(airflow.get(f"{path}/logs/1"))
    assert "records landed by" in logs


def test_new_raw_data_starts_the_transformation_which_publishes(transformations, directory):
    assert {run["run_type"] for run in transformations} == {"asset_triggered"}
    assert {run["state"] for run in transformations} == {"success"}
    assert (directory / "data/bi.duckdb").exists()
    assert pq.read_table(directory / "data/lake/marts/fct_mdr", columns=["mdr_date"]).num_rows > 0


def test_a_dag_of_the_users_own_runs_after_the_tables_with_the_days_that_changed(
    airflow, transformations, directory
):
    runs = airflow.finished_runs("after_miatel_marts", 1)
    assert {run["run_type"] for run in runs} == {"asset_triggered"}
    assert {run["state"] for run in runs} == {"success"}
    days = set()
    for run in runs:
        path = f"dags/after_miatel_marts/dagRuns/{run['dag_run_id']}/taskInstances"
        value = airflow.get(f"{path}/copy_changed_days/xcomEntries/return_value")["value"]
        days |= set(json.loads(value) if isinstance(value, str) else value)
    assert set(DAYS) <= days
    events = airflow.get("assets/events")["asset_events"]
    builds = {event["extra"].get("build_id") for event in events} - {None}
    manifest = json.loads((directory / "data/lake/marts/manifest.json").read_bytes())
    assert manifest["build_id"] in builds


def test_a_hung_dbt_frees_the_pool_for_the_next_run(airflow, transformations, directory):
    state = directory / "dbt_state"
    state.write_text("hang")
    airflow.server.switch_on("hung_transform")
    assert airflow.post("dags/hung_transform/dagRuns", {"logical_date": None}).ok
    (hung,) = airflow.finished_runs("hung_transform", 1)
    assert hung["state"] == "failed"
    path = f"dags/hung_transform/dagRuns/{hung['dag_run_id']}/taskInstances"
    assert airflow.get(f"{path}/dbt_build")["state"] == "failed"
    assert "AirflowTaskTimeout" in json.dumps(airflow.get(f"{path}/dbt_build/logs/1"))

    hanging = [int(pid) for pid in Path(f"{state}.pids").read_text().split()]
    assert len(hanging) == 2, "dbt and its child"
    assert [pid for pid in hanging if runs(pid)] == []

    assert airflow.get("pools/warehouse")["slots"] == 1, "so the next run needs the same slot"
    state.write_text("idle")
    assert airflow.post("dags/hung_transform/dagRuns", {"logical_date": None}).ok
    both = airflow.finished_runs("hung_transform", 2)
    assert sorted(run["state"] for run in both) == ["failed", "success"]


@pytest.mark.parametrize(
    "conf", [{}, {"start": "2026-01-01"}, {"start": "1.1.2026", "end": "2026-01-02"}]
)
def test_the_form_refuses_bad_parameters_before_there_is_a_run(airflow, conf):
    answer = airflow.post("dags/miatel_history/dagRuns", {"logical_date": None, "conf": conf})
    assert answer.status_code == 400
    assert "Invalid input for param" in answer.text
    assert airflow.runs("miatel_history") == []


def test_extractions_with_a_wrong_key_or_host_fail_with_their_cause(airflow, failed_run):
    run = failed_run
    assert run["state"] == "failed"
    logs = {
        task: json.dumps(
            airflow.get(
                f"dags/failing_extracts/dagRuns/{run['dag_run_id']}/taskInstances/{task}/logs/1"
            )
        )
        for task in ("wrong_key", "refused_key", "no_connection", "unreachable")
    }
    assert "OriginError" in logs["wrong_key"], "the lake is that of the right key"
    assert "KeyRefusedError" in logs["refused_key"]
    assert "there is no connection miatel_forgotten. Create it" in logs["no_connection"]
    assert "UnreachableError" in logs["unreachable"]
    assert not any(leaks_in(text) for text in logs.values())
    tasks = f"dags/failing_extracts/dagRuns/{run['dag_run_id']}/taskInstances"
    forgotten = airflow.get(f"{tasks}/no_connection")
    assert (forgotten["state"], forgotten["try_number"]) == ("failed", 1)


def test_the_command_reads_a_connection_of_airflows_database(added_origin):
    assert added_origin.returncode == 0, added_origin.stderr
    assert "added another-key at http://127.0.0.1:" in added_origin.stdout
    assert not leaks_in(added_origin.stdout + added_origin.stderr)


def test_the_connection_test_of_the_ui_names_the_cause(connection_tests):
    good, wrong = connection_tests
    assert good["status"] is True, good
    assert wrong["status"] is False
    assert "KeyRefusedError" in wrong["message"]
    assert not leaks_in(json.dumps([good, wrong]))


def runs(pid):
    """Whether a process runs; one that has ended and that nobody reaps does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command_lines(parent):
    """The command lines of all processes below one; one that has just ended has none."""
    lines = []
    for process in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie, too
            lines.append(" ".join(process.cmdline()))
    return lines


@pytest.mark.usefixtures("run_without_date", "failed_run", "added_origin", "connection_tests")
def test_the_key_is_nowhere(airflow, directory, tmp_path):
    """Logs at DEBUG, consoles, database, XComs, rendered fields, lake, and process lists."""
    assert list(leaks_in_files(directory)) == []
    lines = command_lines(psutil.Process(os.getpid()))
    assert lines
    assert [line for line in lines if leaks_in(line)] == []
    for dag_id in ("miatel_extract", "failing_extracts"):
        for run in airflow.runs(dag_id):
            tasks = airflow.get(f"dags/{dag_id}/dagRuns/{run['dag_run_id']}/taskInstances")
            assert not leaks_in(json.dumps(tasks))
            assert "rendered_fields" in json.dumps(tasks)
    # The search itself works: the same bytes are found where they are.
    (tmp_path / "planted.log").write_text(f"GET /main-getData.php?ip_auth_key={CANARY}")
    assert list(leaks_in_files(tmp_path)) == [str(tmp_path / "planted.log")]
