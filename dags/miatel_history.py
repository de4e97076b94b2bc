"""History: land any period, in as few requests as its traffic allows."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from miatel_provider.assets import RAW_MDR
from miatel_provider.operators import MiatelToParquetOperator

GMT_TIME = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(Z|\+00:00)?)?$",
}

with DAG(
    "miatel_history",
    description="Land the messages of any period; run it by hand",
    schedule=None,
    max_active_runs=1,
    is_paused_upon_creation=False,
    params={
        "start": Param(
            title="Start, GMT, inclusive",
            description="A date or a time: 2026-01-31 or 2026-01-31T12:00:00.",
            **GMT_TIME,
        ),
        "end": Param(
            title="End, GMT, exclusive",
            description="The first day or second not wanted any more: 2026-02-28.",
            **GMT_TIME,
        ),
        "reload": Param(
            False,
            type="boolean",
            title="Ask again for what is landed",
            description=(
                "Off: only seconds that are not landed yet are asked for. On: all of them, also of "
                "retired days and of seconds that hold more records than one answer may."
            ),
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
### Land the messages of any period

Walks forward from `start` to `end` in windows as long as traffic allows: at most 31 days, and
well under the 100,000 records that one answer can hold. Each day is one Parquet file.

* **From the UI:** *Trigger*, fill in the form.
* **By hand:** `scripts/airflow dags test miatel_history 2026-01-01
  -c '{"start": "2026-01-01", "end": "2026-02-01"}'`; the date before `-c` only names the run.
* **Stop and start again** whenever you like: what is landed stays landed, and the next run
  skips it. Running the same period twice asks for nothing.
* **Ask again**, say after a correction by Miatel, or where a day's file is damaged: set *Ask again
  for what is landed*, over complete days.
* **The task stays `scheduled`:** the pool `miatel_api` is missing. The scheduler makes it when it
  starts; `scripts/airflow pools import pools.json` does so at once.

When it has landed something, `miatel_transform` starts by itself.
""",
) as dag:
    MiatelToParquetOperator(
        task_id="land_messages",
        start=dag.param("start"),
        end=dag.param("end"),
        reload=dag.param("reload"),
        allow_shrink=dag.param("allow_shrink"),
        pool="miatel_api",
        outlets=[RAW_MDR],
        retries=3,
        retry_delay=timedelta(minutes=5),
        retry_exponential_backoff=2,
        max_retry_delay=timedelta(hours=1),
    )
