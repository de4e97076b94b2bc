"""The DAG files: they import with nothing set up, and hold what they must."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError
from airflow.sdk.execution_time import macros
from airflow.sdk.timezone import coerce_datetime
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import DataInterval, TimeRestriction
from project import PROJECT

from miatel import parse_time
from miatel_provider.pools import pools

DAG_IDS = {"miatel_extract", "miatel_history", "miatel_transform"}
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def dags():
    bag = DagBag(PROJECT / "dags")
    assert bag.import_errors == {}
    assert set(bag.dags) == DAG_IDS, "an empty bag has no import errors either"
    return bag.dags


def test_dag_files_import_without_connection_network_database_or_settings(tmp_path):
    """A bare interpreter that may open no socket and finds no database of Airflow's."""
    code = """
import runpy, socket, sys
def refuse(*_): raise AssertionError("a DAG file opened a socket")
socket.socket.connect = refuse
for path in sys.argv[1:]: runpy.run_path(path)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, sorted((PROJECT / "dags").glob("*.py")))],
        env={"AIRFLOW_HOME": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "airflow.db").exists()


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_every_dag_says_what_it_does_and_how_to_run_it_again(dags, dag_id):
    text = dags[dag_id].doc_md
    assert "**By hand:**" in text
    assert f"scripts/airflow dags test {dag_id}" in text
    assert "again" in text


@pytest.mark.parametrize("dag_id", ["miatel_extract", "miatel_history"])
def test_api_tasks_share_the_one_slot_pool_and_announce_new_data(dags, dag_id):
    (task,) = dags[dag_id].tasks
    assert task.pool == "miatel_api"
    assert [asset.name for asset in task.outlets] == ["miatel_raw_mdr"]


def test_publishing_waits_for_all_of_dbt(dags):
    dag = dags["miatel_transform"]
    assert dag.task_dict["publish"].upstream_task_ids == {"dbt_build"}
    assert dag.task_dict["publish"].trigger_rule == "all_success"
    assert dag.task_dict["write_page"].upstream_task_ids == {"publish"}
    assert {task.pool for task in dag.tasks} == {"warehouse"}
    assert dag.task_dict["dbt_build"].command == ["miatel_warehouse", "build"]


def test_publishing_announces_the_tables(dags):
    publish = dags["miatel_transform"].task_dict["publish"]
    assert [asset.name for asset in publish.outlets] == ["miatel_marts"]


def test_nothing_is_built_before_the_lake_is_checked(dags):
    dag = dags["miatel_transform"]
    assert dag.task_dict["check"].upstream_task_ids == set()
    assert dag.task_dict["dbt_build"].upstream_task_ids == {"check"}
    assert dag.task_dict["dbt_build"].trigger_rule == "all_success"
    assert dag.task_dict["check"].command == ["miatel_warehouse", "check"]


def test_records_of_old_days_go_after_publishing_and_also_when_the_build_is_red(dags):
    retain = dags["miatel_transform"].task_dict["retain"]
    assert retain.upstream_task_ids == {"publish"}, "a red page must not delay it"
    assert retain.trigger_rule == "all_done"


def test_the_pools_that_are_made_are_those_the_dags_name(dags):
    assert set(pools()) == {task.pool for dag in dags.values() for task in dag.tasks}


def test_daily_runs_tile_time_in_gmt_days(dags):
    timetable = coerce_to_core_timetable(dags["miatel_extract"].timetable)
    restriction = TimeRestriction(earliest=MIDNIGHT, latest=None, catchup=True)
    last, seen = None, []
    for _ in range(40):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=restriction
        )
        last = DataInterval(info.data_interval.start, info.data_interval.end)
        assert info.run_after == last.end
        seen.append((last.start, last.end))
    days = [MIDNIGHT + timedelta(days=n) for n in range(41)]
    assert seen == list(pairwise(days))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (MIDNIGHT, MIDNIGHT - timedelta(days=1)),
        (MIDNIGHT + timedelta(hours=23, minutes=59), MIDNIGHT - timedelta(days=1)),
        (MIDNIGHT + timedelta(days=1), MIDNIGHT),
    ],
)
def test_a_run_by_hand_takes_the_last_day_that_had_ended(dags, moment, day):
    timetable = coerce_to_core_timetable(dags["miatel_extract"].timetable)
    interval = timetable.infer_manual_data_interval(run_after=coerce_datetime(moment))
    assert (interval.start, interval.end) == (day, day + timedelta(days=1))


def test_the_daily_dag_catches_nothing_up_and_never_runs_twice_at_once(dags):
    assert dags["miatel_extract"].catchup is False
    assert dags["miatel_extract"].max_active_runs == 1
    assert dags["miatel_extract"].params["lookback_hours"] == 72


def rendered(dags, **context):
    """Start and end as a run's context makes them; a name that is missing there is undefined."""
    dag = dags["miatel_extract"]
    task = dag.task_dict["land_messages"]
    environment = dag.get_template_env()
    context |= {"macros": macros}
    found = [task.render_template(text, context, environment) for text in (task.start, task.end)]
    return [parse_time(text) for text in found]


@pytest.mark.parametrize(
    ("run_after", "day"),
    [
        (MIDNIGHT, MIDNIGHT - timedelta(days=1)),
        (MIDNIGHT + timedelta(hours=23, minutes=59, microseconds=5), MIDNIGHT - timedelta(days=1)),
        (MIDNIGHT + timedelta(days=1), MIDNIGHT),
    ],
)
def test_a_run_without_a_date_takes_the_last_day_that_had_ended(dags, run_after, day):
    run = SimpleNamespace(run_after=run_after)
    assert rendered(dags, dag_run=run) == [day, day + timedelta(days=1)]
    empty = {"data_interval_start": None, "data_interval_end": None}
    assert rendered(dags, dag_run=run, **empty) == [day, day + timedelta(days=1)]


def test_a_run_with_a_date_takes_its_interval(dags):
    interval = {"data_interval_start": MIDNIGHT, "data_interval_end": MIDNIGHT + timedelta(days=1)}
    run = SimpleNamespace(run_after=MIDNIGHT + timedelta(days=9))
    assert rendered(dags, dag_run=run, **interval) == list(interval.values())


@pytest.mark.parametrize("dag_id", ["miatel_extract", "miatel_history"])
def test_a_task_that_stays_scheduled_is_explained(dags, dag_id):
    assert "pools set miatel_api 1" in dags[dag_id].doc_md


@pytest.mark.parametrize(
    "value", ["2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00", "2026-01-31T12:00:00Z"]
)
def test_history_takes_gmt_dates_and_times(dags, value):
    assert dags["miatel_history"].params.get_param("start").resolve(value) == value


@pytest.mark.parametrize("value", ["", "31.01.2026", "2026-1-31", "2026-01-31T12:00:00+02:00", 5])
def test_history_refuses_other_spellings_in_its_form(dags, value):
    with pytest.raises(ParamValidationError):
        dags["miatel_history"].params.get_param("start").resolve(value)
