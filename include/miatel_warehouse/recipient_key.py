"""The key of `recipient_hash`, on its way from the environment into dbt's DuckDB sessions.

dbt-duckdb loads this module as a plugin (profiles.yml). The key stands in session variables only:
compiled SQL, logs, artifacts and the warehouse's file hold their names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dbt.adapters.duckdb.plugins import BasePlugin

from miatel.recipients import LEAST_KEY_LENGTH, RecipientKey

if TYPE_CHECKING:
    import duckdb

KEY_VARIABLE = "MIATEL_RECIPIENT_KEY"


def key_from_environment() -> RecipientKey | None:
    """The key that `MIATEL_RECIPIENT_KEY` holds; None when it is unset or too short to protect."""
    secret = os.environ.get(KEY_VARIABLE, "")
    return RecipientKey(secret) if len(secret) >= LEAST_KEY_LENGTH else None


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
