"""The project's DAGs, made by one call in a DAG file of yours.

Airflow looks only into files that hold the words "airflow" and "dag": importing this package is
enough for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from miatel import SettingError, Settings
from miatel.lake_roots import check_name
from miatel_provider.airflow_dags.extract import make_extract_dag
from miatel_provider.airflow_dags.history import make_history_dag
from miatel_provider.airflow_dags.options import DagOptions
from miatel_provider.airflow_dags.transform import make_transform_dag

if TYPE_CHECKING:
    from airflow.sdk import DAG

__all__ = ["DagOptions", "make_dags"]

_Further = Mapping[str, Mapping[str, Any] | None]


def make_dags(**options: Any) -> list[DAG]:
    """The DAGs of one account: daily extraction, history, and the tables made of both.

    Airflow finds them when a DAG file calls this; the result need not be kept. Each further account
    whose records stand in the same tables has an extraction and a history of its own. Another
    account with tables of its own is another call, with another name, connection, home and pool.

    Args:
        options: fields of `DagOptions`; what is left out is a setting of the environment.

    Raises:
        SettingError: a variable of the environment cannot be used, or a further account has no
            lake.
        TypeError: there is no such option.
    """
    known = DagOptions.from_settings(Settings.from_environment())
    chosen = replace(known, **options)
    if chosen.home is not None or "further" in options:
        # what the environment names are further accounts of its own home
        lakes = {} if chosen.home is not None else known.further
        chosen = replace(chosen, further=_with_lakes(options.get("further", {}), lakes))
    made = [make(chosen) for make in (make_extract_dag, make_history_dag, make_transform_dag)]
    for account in chosen.further_accounts():
        made += [make_extract_dag(account), make_history_dag(account)]
    return made


def _with_lakes(further: _Further, known: _Further) -> _Further:
    """Further accounts with what is known of their lakes; those that are known alone stay."""
    joined = {
        name: None if own is None else {**(known.get(name) or {}), **own}
        for name, own in {**known, **further}.items()
    }
    for name, own in joined.items():
        if own is not None and "lake" not in own:
            raise SettingError(
                f"the further account {name!r} has no lake: say further={{{name!r}: {{'lake': …}}}}"
            )
        check_name("further", name)
    return joined
