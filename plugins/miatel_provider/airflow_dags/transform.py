"""From raw messages to BI tables and a page: dbt builds and tests, then all is published."""

from __future__ import annotations

from airflow.sdk import DAG, AssetAny

from miatel_provider.airflow_dags.options import DagOptions
from miatel_provider.assets import announce_marts
from miatel_provider.operators import RunModuleOperator

DOC = """\
### Build, test and publish the BI tables

1. `check`: rewrites days that version 0.1.0 landed, which asks for nothing, and checks each day
   file that the warehouse has not read yet. A damaged one stops the run and is named; land its
   whole day again with `$name_history` and `reload`.
2. `dbt_build`: one `dbt build` over all models and their tests. It costs what changed since the
   last run: it compares the day files with those it has read.
3. `publish`: replaces what changed of the published Parquet files and the read-only DuckDB file,
   each in one step. It runs only when every test passed; until then BI tools go on reading the last
   good tables. Its event of the asset `$name_marts` says which build it is and which days changed.
4. `write_page`: the page of the published tables as one file, `reports/delivery.html`, which
   opens without any server. In Airflow the same page is *SMS* in the navigation.
5. `retain`: where `MIATEL_RETENTION_DAYS` is set, drops the records of older days from raw files
   and facts, also when `dbt_build` is red; their last good sums stay. It also finishes what an
   `erase` or `retain` that was stopped had left. Otherwise it does nothing.

Starts by itself after `$name_extract` or `$name_history`, and after those of further accounts; each
account's tables are built by themselves, and published together.

* **By hand:** `$airflow dags test $name_transform 2026-01-01`; the date only names the
  run, and no event is needed.
* **Run again:** clear all tasks. Nothing new in the lake means nothing changes.
* **When `dbt_build` is red,** its log names the test and the query that shows the rows.
"""


def make_transform_dag(options: DagOptions) -> DAG:
    """The DAG that makes and publishes the tables; it starts when new raw data is landed."""
    with DAG(
        f"{options.name}_transform",
        description="Build, test and publish the BI tables and their page, after new raw data",
        schedule=AssetAny(*options.all_raw_mdr),
        doc_md=options.explain(DOC),
        **options.for_dag(),
    ) as dag:
        common = options.for_warehouse()
        warehouse, page = "miatel_warehouse", "miatel_dashboard"
        check = RunModuleOperator(task_id="check", command=[warehouse, "check"], **common)
        # One task for all models: the DuckDB file has one writer at a time.
        dbt_build = RunModuleOperator(task_id="dbt_build", command=[warehouse, "build"], **common)
        publish = RunModuleOperator(
            task_id="publish",
            command=[warehouse, "publish"],
            outlets=[options.marts],
            post_execute=announce_marts,
            **common,
        )
        write_page = RunModuleOperator(task_id="write_page", command=[page], **common)
        # After publish, so that the sums of the days that go are built, tested and published, where
        # they can be; and though one of these is red, because it is owed by law.
        retain = RunModuleOperator(
            task_id="retain", command=[warehouse, "retain"], trigger_rule="all_done", **common
        )
        check >> dbt_build >> publish >> [write_page, retain]
    return dag
