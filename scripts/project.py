"""Where this project's things live, and the environment its programs run in: the one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
"""Where `airflow`, `dbt` and `python` of the running virtual environment are."""
DATA = PROJECT / "data"
AIRFLOW_HOME = PROJECT / ".airflow"
DEMO_RECIPIENT_KEY = "key-of-simulated-recipients"
"""Hashes numbers that are nobody's; real ones need a secret key (docs/privacy.md)."""


def data_environment(data: Path = DATA) -> dict[str, str]:
    """The variables that say where all goes: to `data`, and the page to `reports` beside it."""
    return {
        "MIATEL_LAKE": str(data / "lake"),
        "MIATEL_WAREHOUSE": str(data / "warehouse.duckdb"),
        "MIATEL_BI": str(data / "bi.duckdb"),
        "MIATEL_REPORTS": str(data.parent / "reports"),
    }


def airflow_environment(
    home: Path = AIRFLOW_HOME, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The whole environment for a process of this project's own Airflow.

    Settings of any other Airflow of the user's (`AIRFLOW_HOME`, `AIRFLOW__…`) are left out, so
    that nothing here can ever touch its database; connections (`AIRFLOW_CONN_…`) and the `MIATEL_…`
    paths stay as the user set them.

    Args:
        home: Airflow's home: its SQLite file, configuration, keys and logs.
        inherited: the variables to start from.
    """
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("AIRFLOW__") and name not in ("AIRFLOW_HOME", "AIRFLOW_CONFIG")
    }
    return {
        **data_environment(),
        **kept,
        "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', os.defpath)}",
        # A proxy for the outside world must not stand between us and our own loopback servers.
        "NO_PROXY": ",".join(filter(None, [kept.get("NO_PROXY"), "127.0.0.1,localhost"])),
        "no_proxy": ",".join(filter(None, [kept.get("no_proxy"), "127.0.0.1,localhost"])),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def simulated_environment(
    home: Path = AIRFLOW_HOME, data: Path = DATA, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """`airflow_environment` for simulated traffic: it can reach nobody's real account or lake.

    Every `MIATEL_…` setting of the user's is left out, as is every connection; paths lead to
    `data`, and recipients are hashed under a key of the demo's own.
    """
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith(("AIRFLOW_CONN_", "AIRFLOW_VAR_", "MIATEL_"))
    }
    return {
        **airflow_environment(home, kept),
        **data_environment(data),
        "MIATEL_RECIPIENT_KEY": DEMO_RECIPIENT_KEY,
        # A failure is shown at once, not after retries.
        "MIATEL_RETRIES": "0",
        "MIATEL_WAREHOUSE_RETRIES": "0",
    }


def read_json(url: str) -> Any:
    """What a server of ours on loopback answers, whatever proxy the user has set.

    Raises:
        requests.RequestException: no answer, an error status, or no JSON.
    """
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(url, timeout=60)
    answer.raise_for_status()
    return answer.json()
