"""The DAGs of this Airflow: miatel_extract, miatel_history and miatel_transform."""

from miatel_provider.airflow_dags import make_dags

make_dags()
