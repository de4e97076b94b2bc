"""The project's DAGs under another name, with a time-out that a test has the patience for."""

from miatel_provider.airflow_dags import make_dags

make_dags(name="hung", warehouse_timeout_seconds=20)
