"""One call makes all the DAGs, and what differs between companies is said, not edited."""

from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

from miatel import SettingError, Settings
from miatel_provider.airflow_dags import make_dags

FIVE_LINES = '''\
"""The messages of our account."""

from miatel_provider.airflow_dags import make_dags

make_dags(name="acme", lake="/srv/acme/lake", schedule="30 4 * * *", retries=7, owner="messaging")
'''


def by_id(**options):
    return {dag.dag_id: dag for dag in make_dags(**options)}


def tasks_of(dags):
    return [task for dag in dags.values() for task in dag.tasks]


def test_a_file_of_five_lines_is_all_that_airflow_needs(tmp_path):
    (tmp_path / "messages.py").write_text(FIVE_LINES)
    bag = DagBag(tmp_path, safe_mode=True)
    assert bag.import_errors == {}
    assert set(bag.dags) == {"acme_extract", "acme_history", "acme_transform"}
    assert {dag.fileloc for dag in bag.dags.values()} == {str(tmp_path / "messages.py")}


def test_dags_arrive_switched_off():
    assert [dag.is_paused_upon_creation for dag in make_dags()] == [True] * 3


def test_every_task_has_a_time_out_and_retries():
    for task in tasks_of(by_id()):
        assert timedelta(0) < task.execution_timeout <= timedelta(hours=6), task.task_id
        assert task.retries >= 1, task.task_id


def test_what_differs_is_an_argument(monkeypatch):
    for name in ("MIATEL_LAKE", "MIATEL_WAREHOUSE", "MIATEL_BI", "MIATEL_REPORTS"):
        monkeypatch.setenv(name, "/srv/ours")  # of the worker, for other DAGs
    dags = by_id(
        name="acme", conn_id="miatel_acme", home="/srv/acme", lake="s3://acme/lake",
        schedule="30 4 * * *", lookback_hours=96, api_pool="acme_api", warehouse_pool="heavy",
        owner="messaging", retries=7, warehouse_retries=2, landing_timeout_seconds=60,
        warehouse_timeout_seconds=90,
    )  # fmt: skip
    (daily,) = dags["acme_extract"].tasks
    assert dags["acme_extract"].timetable.expression == "30 4 * * *"
    assert dags["acme_extract"].params["lookback_hours"] == 96
    assert (daily.conn_id, daily.lake, daily.pool) == ("miatel_acme", "s3://acme/lake", "acme_api")
    assert (daily.retries, daily.execution_timeout) == (7, timedelta(seconds=60))
    for task in dags["acme_transform"].tasks:
        assert task.variables["MIATEL_LAKE"] == "s3://acme/lake"
        settings = Settings.from_environment(task.variables)
        assert settings.warehouse == Path("/srv/acme/data/warehouse.duckdb")
        assert (task.pool, task.retries) == ("heavy", 2)
        assert task.execution_timeout == timedelta(seconds=90)
    assert {task.owner for task in tasks_of(dags)} == {"messaging"}


def test_what_is_not_said_is_a_setting(monkeypatch):
    settings = {
        "MIATEL_CONNECTION": "miatel_acme", "MIATEL_SCHEDULE": "0 5 * * *",
        "MIATEL_LOOKBACK_HOURS": "24", "MIATEL_API_POOL": "acme_api",
        "MIATEL_WAREHOUSE_POOL": "heavy", "MIATEL_OWNER": "messaging", "MIATEL_RETRIES": "5",
        "MIATEL_WAREHOUSE_RETRIES": "0", "MIATEL_LANDING_TIMEOUT_SECONDS": "600",
        "MIATEL_WAREHOUSE_TIMEOUT_SECONDS": "900",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    dags = by_id(retries=6)
    (daily,) = dags["miatel_extract"].tasks
    assert dags["miatel_extract"].timetable.expression == "0 5 * * *"
    assert dags["miatel_extract"].params["lookback_hours"] == 24
    assert (daily.conn_id, daily.lake, daily.pool) == ("miatel_acme", None, "acme_api")
    assert (daily.owner, daily.retries) == ("messaging", 6), "an argument goes before a setting"
    assert daily.execution_timeout == timedelta(seconds=600)
    for task in dags["miatel_transform"].tasks:
        assert (task.variables, task.pool, task.retries) == ({}, "heavy", 0)
        assert task.execution_timeout == timedelta(seconds=900)


def test_where_nothing_is_said_of_an_owner_it_is_airflows_default():
    assert {task.owner for task in tasks_of(by_id())} == {"airflow"}


def test_two_sets_of_dags_do_not_start_each_other():
    ours, theirs = by_id(), by_id(name="acme")
    assert set(ours).isdisjoint(theirs)
    (announced,) = theirs["acme_history"].tasks[0].outlets
    assert announced.name == "acme_raw_mdr"
    assert "acme_raw_mdr" in repr(theirs["acme_transform"].timetable.asset_condition)
    assert "acme_raw_mdr" not in repr(ours["miatel_transform"].timetable.asset_condition)


FURTHER = '{"retail": "/srv/retail/lake", "old": null}'
LANDING = {"miatel_extract", "miatel_history", "retail_extract", "retail_history"}


@pytest.mark.parametrize("is_setting", [True, False])
def test_a_further_account_lands_by_itself_and_its_records_stand_in_the_same_tables(
    monkeypatch, is_setting
):
    if is_setting:
        monkeypatch.setenv("MIATEL_FURTHER_LAKES", FURTHER)
        dags = by_id()
    else:
        dags = by_id(further={"retail": {"lake": "/srv/retail/lake"}, "old": None})
    assert set(dags) == {*LANDING, "miatel_transform"}
    for name in ("retail_extract", "retail_history"):
        (task,) = dags[name].tasks
        assert (task.conn_id, task.lake, task.pool) == (
            "miatel_retail", "/srv/retail/lake", "retail_api",
        )  # fmt: skip
        assert [asset.name for asset in task.outlets] == ["retail_raw_mdr"]
        assert "`miatel_transform` starts by itself" in dags[name].doc_md
    condition = dags["miatel_transform"].timetable.asset_condition
    assert type(condition).__name__ == "AssetAny", "each of them starts it"
    assert {asset.name for asset in condition.objects} == {
        "miatel_raw_mdr", "retail_raw_mdr",
    }  # fmt: skip
    for task in dags["miatel_transform"].tasks:
        settings = Settings.from_environment(task.variables)
        assert settings.further_lakes == {"retail": "/srv/retail/lake", "old": None}


def test_a_further_account_has_the_options_of_the_first_but_for_its_own(monkeypatch):
    monkeypatch.setenv("MIATEL_FURTHER_LAKES", '{"retail": "/srv/retail/lake"}')
    dags = by_id(retries=7, further={"retail": {"schedule": "0 5 * * *", "api_pool": "slow"}})
    (task,) = dags["retail_extract"].tasks
    assert dags["retail_extract"].timetable.expression == "0 5 * * *"
    assert (task.retries, task.pool, task.lake) == (7, "slow", "/srv/retail/lake")


def test_another_home_has_other_further_accounts(monkeypatch):
    monkeypatch.setenv("MIATEL_FURTHER_LAKES", '{"retail": "/srv/retail/lake"}')
    dags = by_id(name="acme", home="/srv/acme", further={"bank": {"lake": "/srv/bank/lake"}})
    assert set(dags) == {
        "acme_extract", "acme_history", "acme_transform", "bank_extract", "bank_history",
    }  # fmt: skip
    settings = Settings.from_environment(dags["acme_transform"].tasks[0].variables)
    assert settings.further_lakes == {"bank": "/srv/bank/lake"}
    assert (
        by_id(name="acme", home="/srv/acme")["acme_transform"]
        .tasks[0]
        .variables["MIATEL_FURTHER_LAKES"]
        == ""
    )


def test_a_further_account_without_a_lake_is_refused():
    with pytest.raises(SettingError, match="'retail' has no lake"):
        make_dags(further={"retail": {"schedule": "0 5 * * *"}})


def test_a_home_alone_says_where_the_lake_is():
    (daily,) = by_id(home="/srv/acme")["miatel_extract"].tasks
    assert daily.lake == "/srv/acme/data/lake"


def test_an_option_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="lokback_hours"):
        make_dags(lokback_hours=3)


@pytest.mark.parametrize("value", ["-1", "745", "three", "1.5"])
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, value):
    monkeypatch.setenv("MIATEL_LOOKBACK_HOURS", value)
    with pytest.raises(SettingError, match=f"MIATEL_LOOKBACK_HOURS is '{value}'"):
        make_dags()
