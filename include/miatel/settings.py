"""Settings of this host: the `MIATEL_…` variables of the environment, each with one rule.

This is the only module that reads the environment. A value is checked when it is used, so that a
wrong one stops what needs it and nothing else.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from miatel.errors import SettingError
from miatel.limits import DEFAULT_BASE_URL

PROJECT = Path(__file__).resolve().parents[2]
"""The project's directory: it is installed in place."""

DEFAULT_FILE_MODE = 0o640
_OCTAL = re.compile(r"0?o?([0-7]{3})")
_OWNER_READS_AND_WRITES = 0o600


@dataclass(frozen=True)
class Settings:
    """What the environment says, read when it is asked for.

    Args:
        variables: of the environment, by name; a blank value counts as none.
        project: directory below which the lake lies by default.
    """

    variables: Mapping[str, str] = field(repr=False)
    project: Path = PROJECT

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process, as they are now."""
        return cls(dict(os.environ))

    @property
    def lake(self) -> str:
        """`MIATEL_LAKE`: the lake's root; default `data/lake` under the project.

        Returns:
            An absolute path, or a URL of an object store. `file://` is taken off, nothing else is
            changed: a path may hold any character but a backslash.

        Raises:
            SettingError: it is relative or begins with `~`, which each process would take to mean
                another place, or it is a URL without a bucket; or a backslash stands in the path,
                which DuckDB takes for a slash: what is landed there would be read by nobody.
        """
        root = self._value("MIATEL_LAKE")
        if not root:
            return _check_backslash(str(self.project / "data" / "lake"))
        path = root.removeprefix("file://")
        if path.startswith("/"):
            return _check_backslash(path)
        scheme, separator, bucket = path.partition("://")
        if path == root and separator and scheme.isalnum() and bucket.strip("/"):
            return root
        raise SettingError(
            f"MIATEL_LAKE is {root!r}: give an absolute path such as /srv/lake, or a URL such as "
            "s3://bucket/lake. A relative path or ~ would be another place for each process."
        )

    @property
    def warehouse(self) -> Path:
        """`MIATEL_WAREHOUSE`: the DuckDB file in which dbt builds."""
        return Path(self._value("MIATEL_WAREHOUSE") or "data/warehouse.duckdb")

    @property
    def bi(self) -> Path:
        """`MIATEL_BI`: the published DuckDB file."""
        return Path(self._value("MIATEL_BI") or "data/bi.duckdb")

    @property
    def reports(self) -> Path:
        """`MIATEL_REPORTS`: directory of the page as one file."""
        return Path(self._value("MIATEL_REPORTS").strip() or "reports")

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

    def _value(self, name: str) -> str:
        value = self.variables.get(name, "")
        return value if value.strip() else ""


def _check_backslash(path: str) -> str:
    if "\\" in path:
        raise SettingError(
            f"MIATEL_LAKE is {path!r}: to DuckDB a backslash stands between folders, so it would "
            "find nothing of what is landed there. Give a path without one, such as /srv/lake."
        )
    return path
