"""From raw messages to BI tables and a page: dbt builds and tests, then all is published."""

from __future__ import annotations

import sys
from shlex import quote

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

from miatel.settings import PROJECT
from miatel_provider.assets import MARTS, RAW_MDR, announce_marts

# Of the virtual environment that Airflow runs in, whatever PATH says.
PYTHON = quote(sys.executable)
# What dbt writes is for owner and group at most; what is put in place has the rights of
# MIATEL_FILE_MODE.
UMASK = "umask 027"

with DAG(
    "miatel_transform",
    description="Build, test and publish the BI tables and their page; starts after new raw data",
    schedule=[RAW_MDR],
    max_active_runs=1,
    is_paused_upon_creation=False,
    tags=["miatel"],
    doc_md="""\
### Build, test and publish the BI tables

1. `check`: rewrites days that version 0.1.0 landed, which asks for nothing, and checks each day
   file that the warehouse has not read yet. A damaged one stops the run and is named; land its
   whole day again with `miatel_history` and `reload`.
2. `dbt_build`: one `dbt build` over all models and their tests. It costs what changed since the
   last run: it compares the day files with those it has read.
3. `publish`: replaces what changed of the published Parquet files and the read-only DuckDB file,
   each in one step. It runs only when every test passed; until then BI tools go on reading the last
   good tables. Its event of the asset `miatel_marts` says which build it is and which days changed.
4. `write_page`: the page of the published tables as one file, `reports/delivery.html`, which
   opens without any server. In Airflow the same page is *SMS* in the navigation.
5. `retain`: where `MIATEL_RETENTION_DAYS` is set, drops the records of older days from raw files
   and facts, then builds and publishes again; their sums stay. It also finishes what an `erase` or
   `retain` that was stopped had left. Otherwise it does nothing. It waits for `publish` only: a
   red page does not delay it.

Starts by itself after `miatel_extract` or `miatel_history`.

* **By hand:** `scripts/airflow dags test miatel_transform 2026-01-01`; the date only names the
  run, and no event is needed.
* **Run again:** clear all tasks. Nothing new in the lake means nothing changes.
* **When `dbt_build` is red,** its log names the test and the query that shows the rows.
""",
):
    check = BashOperator(
        task_id="check",
        bash_command=f"{UMASK} && {PYTHON} -m miatel_warehouse check",
        cwd=str(PROJECT),
        pool="warehouse",
    )
    # One task for all models: the DuckDB file has one writer at a time.
    dbt_build = BashOperator(
        task_id="dbt_build",
        bash_command=f"{UMASK} && {PYTHON} -m miatel_warehouse build",
        cwd=str(PROJECT),
        pool="warehouse",
    )
    publish = BashOperator(
        task_id="publish",
        bash_command=f"{UMASK} && {PYTHON} -m miatel_warehouse publish",
        cwd=str(PROJECT),
        pool="warehouse",
        outlets=[MARTS],
        post_execute=announce_marts,
    )
    write_page = BashOperator(
        task_id="write_page",
        bash_command=f"{PYTHON} -m miatel_dashboard",
        cwd=str(PROJECT),
        pool="warehouse",
    )
    # After publish, so that only days go whose sums were built, tested and published. Not after the
    # page: what has to be forgotten does not wait for it.
    retain = BashOperator(
        task_id="retain",
        bash_command=f"{UMASK} && {PYTHON} -m miatel_warehouse retain",
        cwd=str(PROJECT),
        pool="warehouse",
    )
    check >> dbt_build >> publish >> [write_page, retain]
