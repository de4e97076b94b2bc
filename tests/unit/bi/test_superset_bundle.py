"""The bundle as Superset would read it, held against the contracts of the published tables."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import pytest
import yaml

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[3]
LOCKED = "?access_mode=READ_ONLY&enable_external_access=false&lock_configuration=true"
Bundle = dict[str, dict[str, Any]]


def load(text: bytes) -> dict[str, Any]:
    return yaml.load(text, Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Each file of the zip by its path, without the directory that all of them share."""
    target = tmp_path_factory.mktemp("bundle") / "superset.zip"
    command = [sys.executable, str(PROJECT / "scripts" / "superset_bundle.py")]
    subprocess.run([*command, "--bi", "/srv/bi.duckdb", "--to", str(target)], check=True)
    with zipfile.ZipFile(target) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
        assert {path.parts[0] for path in paths} == {"miatel"}
        return {str(path.relative_to("miatel")): load(archive.read(str(path))) for path in paths}


@pytest.fixture(scope="module")
def contracts() -> dict[str, dict[str, str]]:
    """Each published table's columns with their types."""
    return {
        model["name"]: ({} if model["name"].startswith("dim_") else {"source_name": "varchar"})
        | {column["name"]: column["data_type"] for column in model["columns"]}
        for path in (PROJECT / "dbt_project" / "models" / "marts").glob("*/_models.yml")
        for model in load(path.read_bytes())["models"]
    }


@pytest.fixture
def tables(contracts: dict[str, dict[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables as their contracts say, without a row."""
    with duckdb.connect() as connection:
        for name, columns in contracts.items():
            body = ", ".join(f"{column} {data_type}" for column, data_type in columns.items())
            connection.execute(f"create table {name} ({body})")
        yield connection


def in_directory(bundle: Bundle, directory: str) -> list[dict[str, Any]]:
    found = [content for path, content in bundle.items() if path.startswith(f"{directory}/")]
    assert found, f"no {directory} in the bundle"
    return found


def by_uuid(bundle: Bundle, directory: str) -> dict[str, dict[str, Any]]:
    return {content["uuid"]: content for content in in_directory(bundle, directory)}


def metric(bundle: Bundle, dataset: str, name: str) -> str:
    metrics = bundle[f"datasets/Miatel/{dataset}.yaml"]["metrics"]
    return next(entry["expression"] for entry in metrics if entry["metric_name"] == name)


def test_superset_takes_it_for_a_dashboard_bundle(bundle: Bundle) -> None:
    assert bundle["metadata.yaml"]["type"] == "Dashboard"
    assert {content["version"] for content in bundle.values()} == {"1.0.0"}
    uuids = [content["uuid"] for content in bundle.values() if "uuid" in content]
    assert len(uuids) == len(set(uuids)) == len(bundle) - 1


def test_every_dataset_has_the_columns_of_its_contract(
    bundle: Bundle, contracts: dict[str, dict[str, str]]
) -> None:
    databases = by_uuid(bundle, "databases")
    for dataset in in_directory(bundle, "datasets"):
        physical = [column for column in dataset["columns"] if "expression" not in column]
        contract = contracts[dataset["table_name"]]
        assert [column["column_name"] for column in physical] == list(contract)
        assert all(column["verbose_name"] and column["description"] for column in physical)
        assert dataset["database_uuid"] in databases
        assert dataset["main_dttm_col"] in [None, *contract]
        assert dataset.get("currency_code_column") in [None, *contract]


def test_every_metric_and_calculated_column_runs_on_the_contract(
    bundle: Bundle, tables: duckdb.DuckDBPyConnection
) -> None:
    for dataset in in_directory(bundle, "datasets"):
        for entry in dataset["metrics"]:
            tables.execute(f"select {entry['expression']} from {dataset['table_name']}")
            assert entry["verbose_name"]
            assert entry["description"]
        for column in dataset["columns"]:
            if "expression" in column:
                tables.execute(
                    f"select {column['expression']}, count(*) "
                    f"from {dataset['table_name']} group by 1"
                )


def columns_and_metrics_of(params: dict[str, Any]) -> tuple[set[str], set[str]]:
    columns: list[str] = []
    for key in ("x_axis", "groupby", "all_columns", "entity"):
        value = params.get(key) or []
        columns += [value] if isinstance(value, str) else value
    columns += [entry["subject"] for entry in params["adhoc_filters"]]
    columns += [yaml.safe_load(entry)[0] for entry in params.get("order_by_cols") or []]
    metrics = list(params.get("metrics") or [])
    for key in ("metric", "secondary_metric", "timeseries_limit_metric"):
        metrics += [params[key]] if params.get(key) else []
    return set(columns), set(metrics)


def test_every_chart_asks_only_for_what_its_dataset_has(bundle: Bundle) -> None:
    datasets = by_uuid(bundle, "datasets")
    for chart in in_directory(bundle, "charts"):
        dataset = datasets[chart["dataset_uuid"]]
        columns, metrics = columns_and_metrics_of(chart["params"])
        assert columns or metrics, chart["slice_name"]
        assert columns <= {entry["column_name"] for entry in dataset["columns"]}
        assert metrics <= {entry["metric_name"] for entry in dataset["metrics"]}
        assert chart["viz_type"] == chart["params"]["viz_type"]


def test_the_dashboard_shows_every_chart_once(bundle: Bundle) -> None:
    (dashboard,) = in_directory(bundle, "dashboards")
    position = dashboard["position"]
    shown = [part["meta"] for part in position.values() if part != "v2" and part["type"] == "CHART"]
    charts = by_uuid(bundle, "charts")
    assert sorted(part["uuid"] for part in shown) == sorted(charts)
    assert all(part["sliceName"] == charts[part["uuid"]]["slice_name"] for part in shown)
    assert len({part["chartId"] for part in shown}) == len(shown)
    for name, part in position.items():
        for child in part.get("children", []) if part != "v2" else []:
            assert child in position, f"{name} holds {child}, which is not there"


def test_every_filter_stands_on_a_column(bundle: Bundle) -> None:
    datasets = by_uuid(bundle, "datasets")
    (dashboard,) = in_directory(bundle, "dashboards")
    filters = dashboard["metadata"]["native_filter_configuration"]
    assert [entry["name"] for entry in filters] == [
        "Time", "Country", "Network", "Account", "Sender", "Source",
    ]  # fmt: skip
    for entry in filters[1:]:
        (target,) = entry["targets"]
        columns = {column["column_name"] for column in datasets[target["datasetUuid"]]["columns"]}
        assert target["column"]["name"] in columns


def test_the_database_is_opened_read_only_and_locked(bundle: Bundle) -> None:
    (database,) = in_directory(bundle, "databases")
    assert database["sqlalchemy_uri"] == f"duckdb:////srv/bi.duckdb{LOCKED}"
    for permission in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"):
        assert database[permission] is False


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('{file}')",
        "select * from read_csv('{file}')",
        "copy (select 1) to '{file}'",
        "attach '{file}' as other",
        "create table written as select 1",
        "delete from traffic",
        "set enable_external_access = true",
        "load httpfs",
    ],
)
def test_the_locked_uri_reaches_no_file_and_writes_nothing(
    bundle: Bundle, tmp_path: Path, statement: str
) -> None:
    file = tmp_path / "of_the_host.csv"
    file.write_text("secret\n1\n")
    bi = tmp_path / "bi.duckdb"
    with duckdb.connect(str(bi)) as connection:
        connection.execute("create table traffic as select 7 as messages")
    (database,) = in_directory(bundle, "databases")
    options = dict(parse_qsl(database["sqlalchemy_uri"].partition("?")[2]))
    with duckdb.connect(str(bi), config=options) as connection:
        assert connection.execute("select messages from traffic").fetchall() == [(7,)]
        with pytest.raises(duckdb.Error, match=r"disabled|read-only|locked"):
            connection.execute(statement.format(file=file))


@pytest.mark.parametrize("name", ["cost_in_currency", "failed_cost_in_currency"])
@pytest.mark.parametrize("dataset", ["delivery_daily", "cost_monthly"])
def test_costs_of_different_currencies_are_never_added(
    bundle: Bundle, tables: duckdb.DuckDBPyConnection, dataset: str, name: str
) -> None:
    tables.execute(
        f"insert into {dataset} by name select * from (values ('EUR', 2, 1), ('EUR', 3, 1), "
        "('USD', 7, 1), (null, 1, 1)) as costs (currency, cost, failed_cost)"
    )
    tables.execute(f"update {dataset} set delivered_message_count = 1")
    for entry in bundle[f"datasets/Miatel/{dataset}.yaml"]["metrics"]:
        if "cost" in entry["expression"]:
            query = f"select {entry['expression']} from {dataset}"
            assert tables.execute(query).fetchall() == [(None,)]
    query = f"select {metric(bundle, dataset, name)} from {dataset}"
    assert tables.execute(f"{query} where currency is distinct from 'USD'").fetchall() == [(None,)]
    one = {"cost_in_currency": 5, "failed_cost_in_currency": 2}[name]
    assert tables.execute(f"{query} where currency = 'EUR'").fetchall() == [(one,)]


def test_segments_are_never_added_over_code_types(
    bundle: Bundle, tables: duckdb.DuckDBPyConnection
) -> None:
    tables.execute(
        "insert into failure_reasons_daily by name select * from (values ('response', 4), "
        "('response', 2), ('delivery', 6)) as reasons (code_type, segment_count)"
    )
    query = f"select {metric(bundle, 'failure_reasons_daily', 'failed_segments')} "
    query += "from failure_reasons_daily"
    assert tables.execute(query).fetchall() == [(None,)]
    assert tables.execute(f"{query} where code_type = 'response'").fetchall() == [(6,)]


def test_a_rate_is_the_sum_over_the_sum(bundle: Bundle, tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute(
        "insert into delivery_daily by name select * from (values (100, 50, 80, 48), (1, 1, 0, 0)) "
        "as daily (message_count, delivered_message_count, mature_message_count, "
        "mature_delivered_message_count)"
    )
    for name, rate in (
        ("message_delivery_rate", 51 / 101),
        ("mature_message_delivery_rate", 48 / 80),
    ):
        (value,) = tables.execute(
            f"select {metric(bundle, 'delivery_daily', name)} from delivery_daily"
        ).fetchone()
        assert value == pytest.approx(rate)
