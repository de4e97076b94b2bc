"""Requests that must fail, for the test that looks for the key in what they leave behind."""

from __future__ import annotations

from airflow.sdk import DAG, task

from miatel_provider.hooks import MiatelHook
from miatel_provider.operators import MiatelToParquetOperator

with DAG("failing_extracts", schedule=None, is_paused_upon_creation=False):
    MiatelToParquetOperator(
        task_id="wrong_key", conn_id="miatel_wrong_key", start="2026-01-02", end="2026-01-03"
    )

    # Asking again cannot help, so none of its retries may be used.
    MiatelToParquetOperator(
        task_id="no_connection",
        conn_id="miatel_forgotten",
        start="2026-01-02",
        end="2026-01-03",
        retries=3,
    )

    @task
    def refused_key() -> None:
        """Ask with a key that the platform refuses."""
        client = MiatelHook("miatel_wrong_key").get_conn()
        client.fetch(client.probe_window())

    refused_key()

    @task
    def unreachable() -> None:
        """Let a retriable error go up through Airflow, after two attempts instead of eight."""
        from miatel import RetryPolicy

        client = MiatelHook("miatel_unreachable").get_conn()
        client.retry = RetryPolicy(attempts=2, base_seconds=0.1)
        client.fetch(client.probe_window())

    unreachable()
