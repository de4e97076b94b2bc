"""The assets that the DAGs hand to each other, and to DAGs of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset

if TYPE_CHECKING:
    from airflow.sdk import Context

RAW_MDR = Asset("miatel_raw_mdr")
"""The raw message detail records in the lake; its events say in `extra` which days changed."""

MARTS = Asset("miatel_marts")
"""The published tables; its events say in `extra` which build it is and which days changed."""


def announce_marts(context: Context, _: Any = None) -> None:
    """Say in the events of a task that published which build it is, and which days changed.

    Give it to the task as `post_execute`. A task that is run again says the same again.

    Args:
        context: the task's; the event of each of its outlets gets `build_id` and `days`.

    Raises:
        FileNotFoundError: there is no manifest, so nothing is published.
    """
    from miatel.settings import Settings
    from miatel.store import open_store
    from miatel_warehouse.manifest import read_manifest

    manifest, _version = read_manifest(open_store(Settings.from_environment().lake))
    if manifest is None:
        raise FileNotFoundError("nothing is published: there is no manifest")
    days = [f"{day}" for day in manifest.changed_days]
    for asset in context["task"].outlets:
        context["outlet_events"][asset].extra = {"build_id": manifest.build_id, "days": days}
