"""Extractions that must fail, for the test that looks for the key in what they leave behind."""

from __future__ import annotations

from airflow.sdk import DAG
from miatel_provider.operators import MiatelToParquetOperator

with DAG("failing_extracts", schedule=None, is_paused_upon_creation=False):
    for cause in ("wrong_key", "unreachable"):
        MiatelToParquetOperator(
            task_id=cause,
            conn_id=f"miatel_{cause}",
            start="2026-01-02",
            end="2026-01-03",
        )
