"""What dbt's DuckDB sessions get from Python: files of the lake, the recipients' key, checked days.

dbt-duckdb loads this module as a plugin (profiles.yml). The key stands in a session variable only:
compiled SQL, logs, artifacts and the warehouse's file hold its name.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from miatel.errors import MiatelError
from miatel.lake.lake import open_lake
from miatel.privacy.recipient_key import RecipientKey
from miatel.settings import Settings
from miatel_warehouse.check import damaged_days, describe_damage
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.footers import footers_table, write_footers
from miatel_warehouse.sql_paths import check_name, literal

if TYPE_CHECKING:
    import duckdb
    from dbt.adapters.duckdb.credentials import DuckDBCredentials


class Plugin(BasePlugin):
    """What dbt-duckdb asks for; without a key it sets none, and `require_recipient_key` ends."""

    def update_connection_config(self, creds: DuckDBCredentials, _: dict[str, Any]) -> None:
        """Refuse a path at which dbt-duckdb could not work, before it tries."""
        self._warehouse = Path(creds.path)
        try:
            check_name(self._warehouse)
        except WarehouseError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions that the macros of day_files.sql and check_days.sql call."""
        lists: list[Any] = ["VARCHAR[]"]
        conn.create_function(
            "damaged_days", _CheckedDays().find_damaged, lists, "VARCHAR", side_effects=True
        )
        conn.create_function(
            "write_footers", lambda: _write_footers(self._warehouse), [], "VARCHAR",
            side_effects=True,
        )  # fmt: skip

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the session's variable that sources and the macros of the engine read.

        It is one for all: dbt opens a cursor for each of its nodes, and each needs it.
        """
        cursor.execute("set variable miatel = ?", [self._variables])

    @cached_property
    def _variables(self) -> dict[str, str | bytes | None]:
        settings = Settings.from_environment()
        try:
            root = settings.lake.removeprefix("file://").rstrip("/")
        except MiatelError as error:
            raise DbtRuntimeError(str(error)) from None
        key = RecipientKey.of(settings.recipient_key)
        inner, outer = key.pads if key else (None, None)
        account = settings.further_account
        return {
            "lake_root": root,
            "day_files": f"{literal(root)}/raw/mdr/mdr_date=*/mdr.parquet",
            "network_files": f"{literal(root)}/raw/networks/networks.parquet",
            "failed_gap_files": f"{literal(root)}/gaps/failed_gaps.parquet",
            "erased_numbers": f"{literal(root)}/erased/numbers.json",
            "footers": literal(footers_table(self._warehouse)),
            "key_prefix": f"{account}|" if account else "",
            "recipient_key_inner": inner,
            "recipient_key_outer": outer,
            "recipient_key_version": key.version if key else None,
        }


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
            damaged = damaged_days(open_lake(Settings.from_environment().lake), to_check)
        except MiatelError as error:
            return str(error)
        self._whole |= to_check - set(damaged)
        return describe_damage(damaged) if damaged else ""


def _write_footers(warehouse: Path) -> str:
    """Write the table of footers; gives what is wrong with the lake, empty when nothing is."""
    try:
        settings = Settings.from_environment()
        lake = open_lake(settings.lake)
        unreadable = write_footers(lake, footers_table(warehouse), settings.file_mode)
        # one day that is damaged is rarely the only one: all of them are named at once
        damaged = damaged_days(lake, lake.days() if unreadable else [])
    except (MiatelError, OSError) as error:
        return str(error)
    if unreadable and not damaged:
        return "Footers of day files cannot be read, though each file is as it was written."
    return describe_damage(damaged) if damaged else ""
