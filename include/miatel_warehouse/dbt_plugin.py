"""The key of `recipient_hash` on its way into dbt's DuckDB sessions.

dbt-duckdb loads this module as a plugin (profiles.yml). The key stands in session variables only:
compiled SQL, logs, artifacts and the warehouse's file hold their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.duckdb.plugins import BasePlugin

from miatel_warehouse.recipient_key import key_from_environment

if TYPE_CHECKING:
    import duckdb


class Plugin(BasePlugin):
    """What dbt-duckdb asks for; without a key it sets nothing, and `require_recipient_key` ends."""

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the session variables that the macros of recipients.sql read."""
        key = key_from_environment()
        if key is None:
            return
        inner, outer = key.pads
        cursor.execute("set variable recipient_key_inner = ?", [inner])
        cursor.execute("set variable recipient_key_outer = ?", [outer])
        cursor.execute("set variable recipient_key_version = ?", [key.version])
