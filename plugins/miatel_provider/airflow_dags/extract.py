"""The daily extraction: yesterday's messages, and late receipts of the days before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, Param

from miatel.limits import MAX_LOOKBACK_HOURS
from miatel_provider.airflow_dags.landing import LAST_LINES, allow_shrink_param
from miatel_provider.airflow_dags.options import DagOptions
from miatel_provider.operators import MiatelToParquetOperator

# A run that is triggered without a date has no interval: it takes the last day that has ended.
HAS_INTERVAL = "data_interval_start is defined and data_interval_start"
DAY_OF_RUN = "dag_run.run_after | ds"
DAY_BEFORE_RUN = f"macros.ds_add({DAY_OF_RUN}, -1)"

DOC = """\
### Land yesterday's messages and late receipts

Runs after midnight GMT and lands the message detail records of the day that ended, one Parquet
file a day. Then it asks once more for the day before, where records may have come late, and for the
days of the last `lookback_hours` with messages that wait for a receipt or lack a price. Then it
fills gaps since the first landed second, at most 31 days and 300 requests a run. A gap that cannot
be filled does not make the run red: it is named in the log and asked for again in a week.

* **Run again:** clear the run's task. The same rows come out; nothing is doubled.
* **By hand:** *Trigger* without a date takes the last day that has ended.
  `$airflow dags test $name_extract 2026-01-02` lands the day that *ends* on that date,
  1 January.
* **Backfill:** `$airflow backfill create --dag-id $name_extract --from-date 2026-01-01
  --to-date 2026-01-03` lands the days that *begin* on these dates, under a running scheduler.
  A paused DAG's backfill waits: switch the DAG on first. For more than some days
  `$name_history` needs far fewer requests.
* **Two at once** wait for each other: Miatel answers one request at a time per account.
"""


def make_extract_dag(options: DagOptions) -> DAG:
    """The DAG that lands the day that has ended; it starts by its schedule, once switched on."""
    with DAG(
        f"{options.name}_extract",
        description="Land yesterday's messages and late receipts, once a day",
        # A plain cron string would be a trigger without a data interval.
        schedule=CronDataIntervalTimetable(options.schedule, timezone="UTC"),
        catchup=False,
        params={
            "lookback_hours": Param(
                options.lookback_hours,
                type="integer",
                minimum=0,
                maximum=MAX_LOOKBACK_HOURS,
                title="Lookback, hours",
                description="How far before the run's day to look for open receipts and prices.",
            ),
            "allow_shrink": allow_shrink_param(),
        },
        doc_md=options.explain(DOC + LAST_LINES),
        **options.for_dag(),
    ) as dag:
        parameter: Callable[[str], Any] = dag.param  # what it stands for, once a task runs
        MiatelToParquetOperator(
            task_id="land_messages",
            start=f"{{{{ data_interval_start if {HAS_INTERVAL} else {DAY_BEFORE_RUN} }}}}",
            end=f"{{{{ data_interval_end if {HAS_INTERVAL} else {DAY_OF_RUN} }}}}",
            lookback_hours=parameter("lookback_hours"),
            allow_shrink=parameter("allow_shrink"),
            **options.for_landing(),
        )
    return dag
