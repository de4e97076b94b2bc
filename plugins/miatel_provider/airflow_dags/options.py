"""What may differ between the DAGs of one company and another's, or of two accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset

from miatel import Settings
from miatel.settings import CLONE
from miatel_provider.assets import marts, raw_mdr
from miatel_provider.pools import further_pool

_PLACES = (
    "MIATEL_LAKE", "MIATEL_WAREHOUSE", "MIATEL_BI", "MIATEL_REPORTS", "MIATEL_FURTHER_LAKES",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DagOptions:
    """Options of `make_dags`.

    Attributes:
        name: begins the ids of the DAGs and of their assets, such as `miatel_extract`.
        conn_id: connection of type *Miatel* (`MIATEL_CONNECTION`).
        home: directory of lake, warehouse, published file and page; None: where the variables of
            the worker lead.
        lake: root of the lake, a path or URL; None: below `home`, or `MIATEL_LAKE` of the worker.
        further: accounts whose records stand in the tables, too (`MIATEL_FURTHER_LAKES`): by name
            the options of their landing, of which `lake` must be said; None for an account that
            leaves the tables. What is not said is as here, but for the connection `miatel_<name>`
            and the pool `<name>_api`.
        tables: name of the DAGs that make the tables of what is landed; None: these.
        schedule: cron expression in GMT of the daily extraction (`MIATEL_SCHEDULE`).
        lookback_hours: how far before the run's day to look for open receipts and prices
            (`MIATEL_LOOKBACK_HOURS`).
        api_pool: pool of one slot for tasks that ask the API (`MIATEL_API_POOL`).
        warehouse_pool: pool of one slot for tasks that open the warehouse
            (`MIATEL_WAREHOUSE_POOL`).
        owner: of all tasks (`MIATEL_OWNER`); None: Airflow's default.
        retries: of tasks that land messages (`MIATEL_RETRIES`).
        warehouse_retries: of the others (`MIATEL_WAREHOUSE_RETRIES`). A red test of the tables is
            red again, so they are few.
        landing_timeout_seconds: after so long a task that lands is ended; its retry goes on where
            it was (`MIATEL_LANDING_TIMEOUT_SECONDS`).
        warehouse_timeout_seconds: after so long any other task is ended
            (`MIATEL_WAREHOUSE_TIMEOUT_SECONDS`).
    """

    name: str = "miatel"
    conn_id: str
    home: str | None = None
    lake: str | None = None
    further: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    tables: str | None = None
    schedule: str
    lookback_hours: int
    api_pool: str
    warehouse_pool: str
    owner: str | None
    retries: int
    warehouse_retries: int
    landing_timeout_seconds: int
    warehouse_timeout_seconds: int

    @classmethod
    def from_settings(cls, settings: Settings) -> DagOptions:
        """The options as the environment has them."""
        return cls(
            conn_id=settings.connection,
            further={
                name: None if root is None else {"lake": root}
                for name, root in settings.further_lakes.items()
            },
            schedule=settings.schedule,
            lookback_hours=settings.lookback_hours,
            api_pool=settings.api_pool,
            warehouse_pool=settings.warehouse_pool,
            owner=settings.owner,
            retries=settings.retries,
            warehouse_retries=settings.warehouse_retries,
            landing_timeout_seconds=settings.landing_timeout_seconds,
            warehouse_timeout_seconds=settings.warehouse_timeout_seconds,
        )

    @property
    def raw_mdr(self) -> Asset:
        """The asset that extractions announce, and that the tables follow."""
        return raw_mdr(self.name)

    @property
    def marts(self) -> Asset:
        """The asset that the tables announce, for DAGs of the user's own."""
        return marts(self.name)

    @property
    def all_raw_mdr(self) -> list[Asset]:
        """The assets of all accounts whose records stand in the tables."""
        return [account.raw_mdr for account in (self, *self.further_accounts())]

    def further_accounts(self) -> list[DagOptions]:
        """The options of each further account, whose DAGs only land."""
        return [
            replace(
                self,
                **{
                    "name": name,
                    "conn_id": f"miatel_{name}",
                    "api_pool": further_pool(name),
                    "further": {},
                    "tables": self.name,
                    **own,
                },
            )
            for name, own in self.further.items()
            if own is not None
        ]

    def variables(self) -> dict[str, str]:
        """The variables of the environment that tasks get in place of the worker's."""
        variables = {}
        if self.home is not None:
            # blank counts as unset: what the worker has is another home's
            variables = dict.fromkeys(_PLACES, "") | {"MIATEL_HOME": self.home}
        if self.further:
            lakes = {name: own and own["lake"] for name, own in self.further.items()}
            variables["MIATEL_FURTHER_LAKES"] = json.dumps(lakes)
        return variables | ({"MIATEL_LAKE": self.lake} if self.lake is not None else {})

    def landing_lake(self) -> str | None:
        """The lake of tasks that land; None: the worker's.

        Raises:
            SettingError: the place that was given cannot be used.
        """
        if self.home is None and self.lake is None:
            return None
        return Settings(self.variables(), clone=None).lake

    def for_dag(self) -> dict[str, Any]:
        """Arguments that all DAGs have in common; none runs before somebody switches it on."""
        return {
            "max_active_runs": 1,
            "is_paused_upon_creation": True,
            "default_args": {"owner": self.owner} if self.owner else {},
            "tags": [self.name],
        }

    def for_landing(self) -> dict[str, Any]:
        """Arguments of tasks that land messages."""
        return {
            "conn_id": self.conn_id,
            "lake": self.landing_lake(),
            "pool": self.api_pool,
            "outlets": [self.raw_mdr],
            "retries": self.retries,
            "retry_delay": timedelta(minutes=5),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(hours=1),
            "execution_timeout": timedelta(seconds=self.landing_timeout_seconds),
        }

    def for_warehouse(self) -> dict[str, Any]:
        """Arguments of tasks that check, build, publish and retain."""
        return {
            "variables": self.variables(),
            "pool": self.warehouse_pool,
            "retries": self.warehouse_retries,
            "retry_delay": timedelta(minutes=5),
            "execution_timeout": timedelta(seconds=self.warehouse_timeout_seconds),
        }

    def explain(self, text: str) -> str:
        """A DAG's documentation with its names in it, and the command by which Airflow is run."""
        command = "airflow" if CLONE is None else "scripts/airflow"
        names = {
            "$airflow": command, "$name": self.name, "$pool": self.api_pool,
            "$tables": self.tables or self.name,
        }  # fmt: skip
        for placeholder, word in names.items():
            text = text.replace(placeholder, word)
        return text
