"""Paths in SQL text: any character that a path may hold, taken as itself."""

from __future__ import annotations

import re
from pathlib import Path

from miatel_warehouse.errors import WarehouseError

_NOT_IN_NAME = re.compile("[\"'.]")
_GLOB = re.compile(r"[*?\[]")


def quoted(path: Path | str) -> str:
    """A path as a SQL text, for `attach` and `copy`."""
    return "'" + str(path).replace("'", "''") + "'"


def literal(path: Path | str) -> str:
    """A path for functions that take patterns: what means more there is taken as itself."""
    return _GLOB.sub(lambda found: f"[{found[0]}]", str(path))


def quoted_file(path: Path | str) -> str:
    """A path as a SQL text for functions that take patterns."""
    return quoted(literal(path))


def check_name(warehouse: Path) -> None:
    """Refuse a warehouse whose file's name cannot be a database's: dbt-duckdb makes one of it.

    Raises:
        WarehouseError: rename the file.
    """
    if _NOT_IN_NAME.search(warehouse.stem):
        raise WarehouseError(
            f"MIATEL_WAREHOUSE leads to {warehouse.name}: dbt names its database after the file, "
            "and no quotation mark or further dot can stand there. Give the file another name, "
            "such as warehouse.duckdb; its folder may have any. Nothing was done."
        )
