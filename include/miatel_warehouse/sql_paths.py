"""Paths in SQL text: any character that a path may hold, taken as itself."""

from __future__ import annotations

import re
from pathlib import Path

from miatel_warehouse.errors import WarehouseError

_NOT_IN_NAME = re.compile("[\"'.]")
_NOT_IN_PATH = re.compile("[?#]")
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


def check_bi(bi: Path) -> None:
    """Refuse a published file's path at which DuckDB loses its own log.

    Raises:
        WarehouseError: rename the file, or the folder.
    """
    if "?" in str(bi):
        raise WarehouseError(
            f"MIATEL_BI is {str(bi)!r}: to DuckDB, what follows a ? is no part of a file's name. "
            "Give another path. Nothing was published."
        )


def check_name(warehouse: Path) -> None:
    """Refuse a warehouse's path of which dbt-duckdb could not make a database's name.

    Raises:
        WarehouseError: rename the file, or the folder.
    """
    if _NOT_IN_NAME.search(warehouse.stem) or _NOT_IN_PATH.search(str(warehouse)):
        raise WarehouseError(
            f"MIATEL_WAREHOUSE is {str(warehouse)!r}: dbt names its database after the file, so no "
            "quotation mark or further dot can stand in its name, and no ? or # in its path. Give "
            "the file another name, such as warehouse.duckdb, or put it into another folder. "
            "Nothing was done."
        )
