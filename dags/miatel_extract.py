"""The daily extraction: yesterday's messages, and late receipts of the days before."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, CronDataIntervalTimetable, Param

from miatel_provider.assets import RAW_MDR
from miatel_provider.operators import MiatelToParquetOperator

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
            description="How far before the run's day to look for gaps and open receipts.",
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
file a day. Delivery receipts come late, so it also asks again for those parts of the last
`lookback_hours` that still hold messages without a final receipt, and fills gaps there.

* **Run again:** clear the run's task. The same rows come out; nothing is doubled.
* **By hand:** `scripts/airflow dags test miatel_extract 2026-01-02` lands the day that *ends* on
  that date, 1 January.
* **Backfill:** `scripts/airflow backfill create --dag-id miatel_extract --from-date 2026-01-01
  --to-date 2026-01-03` lands the days that *begin* on these dates, under a running scheduler.
  A paused DAG's backfill waits: switch the DAG on first. For more than some days
  `miatel_history` needs far fewer requests.
* **Two at once** wait for each other: Miatel answers one request at a time per account.

When new data is landed, `miatel_transform` starts by itself.
""",
) as dag:
    MiatelToParquetOperator(
        task_id="land_messages",
        start="{{ data_interval_start }}",
        end="{{ data_interval_end }}",
        lookback_hours=dag.param("lookback_hours"),
        allow_shrink=dag.param("allow_shrink"),
        pool="miatel_api",
        outlets=[RAW_MDR],
        retries=3,
        retry_delay=timedelta(minutes=5),
        retry_exponential_backoff=2,
        max_retry_delay=timedelta(hours=1),
    )
