"""The assets that the DAGs hand to each other, and to DAGs of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset

if TYPE_CHECKING:
    from airflow.sdk import Context


def raw_mdr(name: str = "miatel") -> Asset:
    """The raw message detail records of a lake; its events say in `extra` which days changed.

    Args:
        name: that of the DAGs that land them.
    """
    return Asset(f"{name}_raw_mdr")


def marts(name: str = "miatel") -> Asset:
    """The published tables; its events say in `extra` which build it is and which days changed.

    Args:
        name: that of the DAG that publishes them.
    """
    return Asset(f"{name}_marts")


def announce_marts(context: Context, _: Any = None) -> None:
    """Say in the events of a task that published which build it is, and which days changed.

    Give it to a `RunModuleOperator` as `post_execute`. A task that runs again says the same again.

    Args:
        context: the task's; the event of each of its outlets gets `build_id` and `days`.

    Raises:
        FileNotFoundError: there is no manifest, so nothing is published.
    """
    from miatel.settings import Settings
    from miatel.store import open_store
    from miatel_warehouse.manifest import read_manifest

    task: Any = context["task"]
    settings = Settings.from_environment(task.variables)
    manifest, _version = read_manifest(open_store(settings.lake))
    if manifest is None:
        raise FileNotFoundError("nothing is published: there is no manifest")
    days: list[Any] = [f"{day}" for day in manifest.changed_days]
    extra: dict[str, Any] = {"build_id": manifest.build_id, "days": days}
    for asset in task.outlets:
        context["outlet_events"][asset].extra = extra
