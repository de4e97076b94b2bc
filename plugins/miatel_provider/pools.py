"""Makes the pools that the DAGs name, when a process of Airflow with a database starts.

A task whose pool is missing stays `scheduled` for ever, and tasks have no way to the database. The
scheduler has; so each of its starts makes what is missing.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

from miatel import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

_SLOTS = 1


def further_pool(name: str) -> str:
    """The pool of a further account, which answers one request at a time, too."""
    return f"{name}_api"


def pools() -> dict[str, str]:
    """The pools of the settings, each with what it is for. All have one slot, deferred included."""
    settings = Settings.from_environment()
    further = [name for name, root in settings.further_lakes.items() if root is not None]
    return {
        **{
            further_pool(name): f"Miatel answers one request at a time of {name}"
            for name in further
        },
        settings.api_pool: "Miatel answers one request at a time per account",
        settings.warehouse_pool: "The DuckDB file has one writer at a time",
    }


@hookimpl
def on_starting(component: object) -> None:
    """Make the missing pools where a scheduler, triggerer or DAG processor starts, not in a task.

    Args:
        component: what starts; a job of Airflow's database, or a task's runner.
    """
    job = sys.modules.get("airflow.jobs.job")  # in a task's process it may be anything or nothing
    if job is None or not isinstance(component, job.Job):
        return
    from airflow.utils.session import create_session
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_session() as session:
            make_missing_pools(session)
    except SQLAlchemyError as error:  # another process may just have made them
        log.warning(
            "the pools %s could not be looked at (%s). If tasks stay scheduled: airflow pools set "
            "NAME 1 Miatel --include-deferred", ", ".join(pools()), type(error).__name__,
        )  # fmt: skip


def make_missing_pools(session: Session) -> list[str]:
    """Make the pools of the settings that are missing; those that are there stay as they are.

    Args:
        session: of Airflow's database; the caller commits.

    Returns:
        The names of those that were made.
    """
    from airflow.models.pool import Pool

    made = []
    for name, description in pools().items():
        pool = Pool.get_pool(name, session=session)
        if pool is None:
            Pool.create_or_update_pool(
                name, _SLOTS, description, include_deferred=True, session=session
            )
            log.warning("the pool %s was missing: made with %d slot", name, _SLOTS)
            made.append(name)
        elif pool.slots != _SLOTS or not pool.include_deferred:
            log.warning(
                "the pool %s has %d slots (deferred %s); it should have %d, deferred included",
                name, pool.slots, "included" if pool.include_deferred else "not included", _SLOTS,
            )  # fmt: skip
    return made
