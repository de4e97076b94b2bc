"""The daily extraction: yesterday's messages, and late receipts of the days before."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronDataIntervalTimetable, Param

from miatel_provider.assets import RAW_MDR
from miatel_provider.operators import MiatelToParquetOperator

# A run that is triggered without a date has no interval: it takes the last day that has ended.
HAS_INTERVAL = "data_interval_start is defined and data_interval_start"
DAY_OF_RUN = "dag_run.run_after | ds"
DAY_BEFORE_RUN = f"macros.ds_add({DAY_OF_RUN}, -1)"

with DAG(
    "miatel_extract",
    description="Land yesterday's messages and late receipts, once a day",
    # A plain cron string would be a trigger without a data interval.
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    params={
        "lookback_hours": Param(
            72,
            type="integer",
            minimum=0,
            maximum=744,
            title="Lookback, hours",
            description="How far before the run's day to look for open receipts and prices.",
        ),
        "allow_shrink": Param(
            False,
            type="boolean",
            title="Allow fewer records than landed",
            description="Only after Miatel confirmed that records were removed.",
        ),
    },
    tags=["miatel"],
    doc_md="""\
### Land yesterday's messages and late receipts

Runs after midnight GMT and lands the message detail records of the day that ended, one Parquet
file a day. Then it asks once more for the day before, where records may have come late, and for the
days of the last `lookback_hours` with messages that wait for a receipt or lack a price. Then it
fills gaps since the first landed second, at most 31 days and 300 requests a run. A gap that cannot
be filled does not make the run red: it is named in the log and asked for again in a week.

* **Run again:** clear the run's task. The same rows come out; nothing is doubled.
* **By hand:** *Trigger* without a date takes the last day that has ended.
  `scripts/airflow dags test miatel_extract 2026-01-02` lands the day that *ends* on that date,
  1 January.
* **Backfill:** `scripts/airflow backfill create --dag-id miatel_extract --from-date 2026-01-01
  --to-date 2026-01-03` lands the days that *begin* on these dates, under a running scheduler.
  A paused DAG's backfill waits: switch the DAG on first. For more than some days
  `miatel_history` needs far fewer requests.
* **Two at once** wait for each other: Miatel answers one request at a time per account.
* **The task stays `scheduled`:** the pool `miatel_api` is missing. The scheduler makes it when it
  starts; `scripts/airflow pools import pools.json` does so at once.

When new data is landed, `miatel_transform` starts by itself.
""",
) as dag:
    MiatelToParquetOperator(
        task_id="land_messages",
        start=f"{{{{ data_interval_start if {HAS_INTERVAL} else {DAY_BEFORE_RUN} }}}}",
        end=f"{{{{ data_interval_end if {HAS_INTERVAL} else {DAY_OF_RUN} }}}}",
        lookback_hours=dag.param("lookback_hours"),
        allow_shrink=dag.param("allow_shrink"),
        pool="miatel_api",
        outlets=[RAW_MDR],
        retries=3,
        retry_delay=timedelta(minutes=5),
        retry_exponential_backoff=2,
        max_retry_delay=timedelta(hours=1),
    )
