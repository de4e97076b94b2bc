"""What dbt's DuckDB sessions get from Python: the key of `recipient_hash`, the check of day files.

dbt-duckdb loads this module as a plugin (profiles.yml). The key stands in session variables only:
compiled SQL, logs, artifacts and the warehouse's file hold their names.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from miatel.errors import MiatelError
from miatel.lake.lake import open_lake
from miatel.settings import lake_root
from miatel_warehouse.check import damaged_days, read_fingerprints, tell_damaged
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.recipient_key import key_from_environment
from miatel_warehouse.sql_paths import check_name

if TYPE_CHECKING:
    import duckdb
    from dbt.adapters.duckdb.credentials import DuckDBCredentials


class Plugin(BasePlugin):
    """What dbt-duckdb asks for; without a key it sets none, and `require_recipient_key` ends."""

    def update_connection_config(self, creds: DuckDBCredentials, _: dict[str, Any]) -> None:
        """Refuse a path at which dbt-duckdb could not work, before it tries."""
        try:
            check_name(Path(creds.path))
        except WarehouseError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions that the macros of check_days.sql call."""
        lists: list[Any] = ["VARCHAR[]"]
        conn.create_function(
            "damaged_days", _CheckedDays().find_damaged, lists, "VARCHAR", side_effects=True
        )
        conn.create_function(
            "unreadable_footers", _find_unreadable, [], "VARCHAR", side_effects=True
        )

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the session variables that the macros of recipients.sql read."""
        key = key_from_environment()
        if key is None:
            return
        inner, outer = key.pads
        cursor.execute("set variable recipient_key_inner = ?", [inner])
        cursor.execute("set variable recipient_key_outer = ?", [outer])
        cursor.execute("set variable recipient_key_version = ?", [key.version])


class _CheckedDays:
    """Checks day files, each once in a run however many models read it."""

    def __init__(self) -> None:
        self._whole: set[date] = set()

    def find_damaged(self, days: list[str]) -> str:
        """What is wrong with the files of these days; empty when nothing is.

        Args:
            days: ISO dates.
        """
        to_check = {date.fromisoformat(day) for day in days} - self._whole
        try:
            damaged = damaged_days(open_lake(lake_root(os.environ)), to_check)
        except MiatelError as error:
            return str(error)
        self._whole |= to_check - set(damaged)
        return tell_damaged(damaged) if damaged else ""


def _find_unreadable() -> str:
    """Which files have footers that cannot be read; empty when all can."""
    try:
        lake = open_lake(lake_root(os.environ))
        if read_fingerprints(lake) is not None:
            return ""
        damaged = damaged_days(lake, lake.days())
    except MiatelError as error:
        return str(error)
    if damaged:
        return tell_damaged(damaged)
    return "Footers of day files cannot be read, though each is as it was written."
