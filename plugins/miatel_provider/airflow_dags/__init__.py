"""The project's DAGs, made by one call in a DAG file of yours.

Airflow looks only into files that hold the words "airflow" and "dag": importing this package is
enough for that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from miatel import Settings
from miatel_provider.airflow_dags.extract import make_extract_dag
from miatel_provider.airflow_dags.history import make_history_dag
from miatel_provider.airflow_dags.options import DagOptions
from miatel_provider.airflow_dags.transform import make_transform_dag

if TYPE_CHECKING:
    from airflow.sdk import DAG

__all__ = ["DagOptions", "make_dags"]


def make_dags(**options: Any) -> list[DAG]:
    """The DAGs of one account: daily extraction, history, and the tables made of both.

    Airflow finds them when a DAG file calls this; the result need not be kept. Another account is
    another call, with a name, connection, lake and pool of its own.

    Args:
        options: fields of `DagOptions`; what is left out is a setting of the environment.

    Raises:
        SettingError: a variable of the environment cannot be used.
        TypeError: there is no such option.
    """
    chosen = replace(DagOptions.from_settings(Settings.from_environment()), **options)
    return [make(chosen) for make in (make_extract_dag, make_history_dag, make_transform_dag)]
