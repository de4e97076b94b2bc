"""History: land any period, in as few requests as its traffic allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import DAG, Param

from miatel_provider.airflow_dags.landing import LAST_LINES, allow_shrink_param
from miatel_provider.airflow_dags.options import DagOptions
from miatel_provider.operators import MiatelToParquetOperator

GMT_TIME: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(Z|\+00:00)?)?$",
}

DOC = """\
### Land the messages of any period

Walks forward from `start` to `end` in windows as long as traffic allows: at most 31 days, and
well under the 100,000 records that one answer can hold. Each day is one Parquet file.

* **From the UI:** *Trigger*, fill in the form.
* **By hand:** `$airflow dags test $name_history 2026-01-01
  -c '{"start": "2026-01-01", "end": "2026-02-01"}'`; the date before `-c` only names the run.
* **Stop and start again** whenever you like: what is landed stays landed, and the next run
  skips it. Running the same period twice asks for nothing.
* **Ask again**, say after a correction by Miatel, or where a day's file is damaged: set *Ask again
  for what is landed*, over complete days.
"""


def make_history_dag(options: DagOptions) -> DAG:
    """The DAG that lands any period; it starts by hand."""
    with DAG(
        f"{options.name}_history",
        description="Land the messages of any period; run it by hand",
        schedule=None,
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
                    "Off: only seconds that are not landed yet are asked for. On: all of them, "
                    "also of retired days and of seconds that hold more records than one answer "
                    "may."
                ),
            ),
            "allow_shrink": allow_shrink_param(),
        },
        doc_md=options.explain(DOC + LAST_LINES),
        **options.for_dag(),
    ) as dag:
        parameter: Callable[[str], Any] = dag.param  # what it stands for, once a task runs
        MiatelToParquetOperator(
            task_id="land_messages",
            start=parameter("start"),
            end=parameter("end"),
            reload=parameter("reload"),
            allow_shrink=parameter("allow_shrink"),
            **options.for_landing(),
        )
    return dag
