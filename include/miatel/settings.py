"""Settings of this host: the `MIATEL_…` variables of the environment, each with one rule.

This is the only module that reads the environment. A value is checked when it is used, so that a
wrong one stops what needs it and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from miatel.errors import SettingError
from miatel.lake_roots import check_backslash, check_name, check_root, read_lakes
from miatel.limits import DEFAULT_BASE_URL, DEFAULT_LOOKBACK_HOURS, MAX_LOOKBACK_HOURS

_ROOT = Path(__file__).resolve().parents[2]
CLONE = _ROOT if (_ROOT / "pyproject.toml").is_file() else None
"""The directory of the clone that runs in place; None where a wheel is installed."""

DEFAULT_FILE_MODE = 0o640
_OCTAL = re.compile(r"0?o?([0-7]{3})")
_OWNER_READS_AND_WRITES = 0o600
_WEEK_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Settings:
    """What the environment says, read when it is asked for.

    Args:
        variables: of the environment, by name; a blank value counts as none.
        clone: `MIATEL_HOME` by default; None: it has no default.
    """

    variables: Mapping[str, str] = field(repr=False)
    clone: Path | None = CLONE

    @classmethod
    def from_environment(cls, changes: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process, as they are now.

        Args:
            changes: variables that count in place of those of the environment.
        """
        return cls({**os.environ, **(changes or {})})

    @property
    def home(self) -> Path:
        """`MIATEL_HOME`: directory of all that has no variable of its own; default the clone.

        Raises:
            SettingError: it is not absolute, or an installed wheel has none: nothing is guessed,
                because each host and user would guess another place.
        """
        home = self._value("MIATEL_HOME")
        if home.startswith("/"):
            return Path(home)
        if home or self.clone is None:
            raise SettingError(
                f"MIATEL_HOME is {home!r}: give an absolute path, such as /srv/miatel, where lake, "
                "warehouse, published file and page lie unless MIATEL_LAKE, MIATEL_WAREHOUSE, "
                "MIATEL_BI and MIATEL_REPORTS say otherwise."
            )
        return self.clone

    @property
    def lake(self) -> str:
        """`MIATEL_LAKE`: the lake's root; default `data/lake` under `home`.

        Returns:
            An absolute path, or a URL of an object store.

        Raises:
            SettingError: it is neither, see `check_root`.
        """
        root = self._value("MIATEL_LAKE")
        if not root:
            return check_backslash("MIATEL_LAKE", str(self.home / "data" / "lake"))
        return check_root("MIATEL_LAKE", root)

    @property
    def source_name(self) -> str:
        """`MIATEL_SOURCE_NAME`: what the account of `lake` is called in the tables.

        Raises:
            SettingError: it is no name that could stand in a file's.
        """
        return check_name("MIATEL_SOURCE_NAME", self._value("MIATEL_SOURCE_NAME") or "miatel")

    @property
    def further_lakes(self) -> dict[str, str | None]:
        """`MIATEL_FURTHER_LAKES`: lakes of further accounts whose records stand in the tables, too.

        Returns:
            The root of each by the account's name; None for an account that leaves the tables.

        Raises:
            SettingError: it is no JSON object of names and roots, or two accounts have one name or
                one lake.
        """
        text = self._value("MIATEL_FURTHER_LAKES")
        return read_lakes("MIATEL_FURTHER_LAKES", text, self.source_name, self.lake) if text else {}

    @property
    def further_account(self) -> str:
        """`MIATEL_FURTHER_ACCOUNT`: whose lake dbt reads, blank for that of `lake`.

        `python -m miatel_warehouse` says so to the dbt that it starts; nobody else has to.
        """
        return self._value("MIATEL_FURTHER_ACCOUNT")

    @property
    def warehouse(self) -> Path:
        """`MIATEL_WAREHOUSE`: the DuckDB file in which dbt builds; default under `home`."""
        return self._path("MIATEL_WAREHOUSE", "data/warehouse.duckdb")

    @property
    def bi(self) -> Path:
        """`MIATEL_BI`: the published DuckDB file; default under `home`."""
        return self._path("MIATEL_BI", "data/bi.duckdb")

    @property
    def reports(self) -> Path:
        """`MIATEL_REPORTS`: directory of the page as one file; default under `home`."""
        return self._path("MIATEL_REPORTS", "reports")

    @property
    def dbt(self) -> Path:
        """`MIATEL_DBT`: the executable of dbt; default that of the environment that runs."""
        return Path(self._value("MIATEL_DBT") or Path(sys.executable).with_name("dbt"))

    @property
    def file_mode(self) -> int:
        """`MIATEL_FILE_MODE`: rights of lake, warehouse and published files; default 0640.

        Returns:
            Three octal digits, like 0o640.

        Raises:
            SettingError: it is no mode, or one that keeps the owner from reading or writing, or
                that makes files executable.
        """
        text = self._value("MIATEL_FILE_MODE").strip()
        if not text:
            return DEFAULT_FILE_MODE
        found = _OCTAL.fullmatch(text)
        mode = int(found[1], 8) if found else 0
        if mode & _OWNER_READS_AND_WRITES != _OWNER_READS_AND_WRITES or mode & 0o111:
            raise SettingError(
                f"MIATEL_FILE_MODE is {text!r}: give the rights of files in octal, with read and "
                "write for their owner and without execution, such as 0640 (the default), 0600 or "
                "0660."
            )
        return mode

    @property
    def retention_days(self) -> int | None:
        """`MIATEL_RETENTION_DAYS`: GMT days whose records are kept; None keeps all.

        Raises:
            SettingError: it is no whole number.
        """
        text = self._value("MIATEL_RETENTION_DAYS").strip()
        if text and not text.isdecimal():
            raise SettingError(
                f"MIATEL_RETENTION_DAYS is {text!r}: give a number of days, or unset it to keep "
                "all. Nothing was dropped."
            )
        return int(text) if text else None

    @property
    def connection(self) -> str:
        """`MIATEL_CONNECTION`: Airflow's connection that the DAGs ask with."""
        return self._value("MIATEL_CONNECTION") or "miatel_default"

    @property
    def schedule(self) -> str:
        """`MIATEL_SCHEDULE`: cron expression in GMT of the daily extraction."""
        return self._value("MIATEL_SCHEDULE") or "0 0 * * *"

    @property
    def lookback_hours(self) -> int:
        """`MIATEL_LOOKBACK_HOURS`: how far back a daily run looks for open receipts and prices."""
        return self._number("MIATEL_LOOKBACK_HOURS", DEFAULT_LOOKBACK_HOURS, MAX_LOOKBACK_HOURS)

    @property
    def api_pool(self) -> str:
        """`MIATEL_API_POOL`: Airflow's pool of one slot for tasks that ask the API."""
        return self._value("MIATEL_API_POOL") or "miatel_api"

    @property
    def warehouse_pool(self) -> str:
        """`MIATEL_WAREHOUSE_POOL`: Airflow's pool of one slot for tasks that open the warehouse."""
        return self._value("MIATEL_WAREHOUSE_POOL") or "warehouse"

    @property
    def owner(self) -> str | None:
        """`MIATEL_OWNER`: owner of all tasks; None is Airflow's default."""
        return self._value("MIATEL_OWNER") or None

    @property
    def retries(self) -> int:
        """`MIATEL_RETRIES`: how often Airflow tries a task again that lands messages."""
        return self._number("MIATEL_RETRIES", 3, 100)

    @property
    def warehouse_retries(self) -> int:
        """`MIATEL_WAREHOUSE_RETRIES`: how often Airflow tries any other task again."""
        return self._number("MIATEL_WAREHOUSE_RETRIES", 1, 100)

    @property
    def landing_timeout_seconds(self) -> int:
        """`MIATEL_LANDING_TIMEOUT_SECONDS`: after so long a task that lands messages is ended."""
        return self._number("MIATEL_LANDING_TIMEOUT_SECONDS", 6 * 3600, _WEEK_SECONDS, least=1)

    @property
    def warehouse_timeout_seconds(self) -> int:
        """`MIATEL_WAREHOUSE_TIMEOUT_SECONDS`: after so long any other task is ended."""
        return self._number("MIATEL_WAREHOUSE_TIMEOUT_SECONDS", 2 * 3600, _WEEK_SECONDS, least=1)

    @property
    def recipient_key(self) -> str:
        """`MIATEL_RECIPIENT_KEY`: secret under which recipients are hashed, as it stands."""
        return self.variables.get("MIATEL_RECIPIENT_KEY", "")

    @property
    def key(self) -> str:
        """`MIATEL_KEY`: the account's secret key, for commands that know no Airflow connection.

        Raises:
            SettingError: it is not set.
        """
        key = self.variables.get("MIATEL_KEY", "")
        if not key:
            raise SettingError("MIATEL_KEY is not set: export the account's key in it")
        return key

    @property
    def address(self) -> str:
        """`MIATEL_ADDRESS`: address of the statistics API; default the vendor's."""
        return self.variables.get("MIATEL_ADDRESS") or DEFAULT_BASE_URL

    @property
    def extra(self) -> dict[str, Any]:
        """`MIATEL_EXTRA`: the settings of a connection's extra, a JSON object; default none.

        Raises:
            SettingError: it is no JSON object.
        """
        try:
            extra = json.loads(self.variables.get("MIATEL_EXTRA") or "{}")
        except ValueError:
            extra = None
        if not isinstance(extra, dict):
            raise SettingError("MIATEL_EXTRA is no JSON object")
        return extra

    def _path(self, name: str, default: str) -> Path:
        """A local path; one that is relative lies below `home`."""
        path = Path(self._value(name) or default)
        return path if path.is_absolute() else self.home / path

    def _number(self, name: str, default: int, most: int, *, least: int = 0) -> int:
        text = self._value(name).strip()
        if not text:
            return default
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SettingError(f"{name} is {text!r}: give a whole number from {least} to {most:,}.")
        return int(text)

    def _value(self, name: str) -> str:
        value = self.variables.get(name, "")
        return value if value.strip() else ""
