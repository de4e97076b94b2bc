"""What Airflow reads, through the entry point `airflow.plugins`: who listens when it starts."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from miatel_provider import pools


class MiatelPlugin(AirflowPlugin):
    """Makes the DAGs' pools when the scheduler starts."""

    name = "miatel"
    listeners = [pools]  # noqa: RUF012  as Airflow declares it
