"""After raw files changed by hand: build the warehouse, compact its file, publish the marts."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.publish import PublishedMart, publish
from miatel_warehouse.replace import move_into_place, scratch_beside

log = logging.getLogger(__name__)

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@dataclass(frozen=True)
class Places:
    """Where lake, warehouse and published DuckDB file are."""

    lake: str
    warehouse: Path
    bi: Path

    def environment(self) -> dict[str, str]:
        """The process's environment, leading dbt to these places from any directory."""
        lake = self.lake if "://" in self.lake else str(Path(self.lake).absolute())
        return os.environ | {
            "MIATEL_LAKE": lake,
            "MIATEL_WAREHOUSE": str(self.warehouse.absolute()),
        }


def refresh(places: Places) -> list[PublishedMart]:
    """Have everything that is made from the raw files follow them, down to the last old block.

    Raises:
        WarehouseError: dbt failed, or another process has the warehouse open; what is published
            is as before. Correct it and run again.
    """
    build(places)
    compact(places.warehouse)
    return publish(places.warehouse, places.lake, places.bi)


def build(places: Places) -> None:
    """Run `dbt build` with its tests of data; its output goes where ours goes.

    Raises:
        WarehouseError: it failed.
    """
    places.warehouse.parent.mkdir(parents=True, exist_ok=True)
    dbt = Path(sys.executable).with_name("dbt")
    project = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603  a command of ours alone
        [str(dbt), "build", "--quiet", "--exclude-resource-type", "unit_test", *project],
        env=places.environment(),
        check=False,
    )
    if done.returncode:
        raise WarehouseError(
            "dbt build failed; its reason is above. Raw files are done, warehouse and published "
            "tables are not. Correct it and run this command again."
        )


def compact(warehouse: Path) -> None:
    """Replace a DuckDB file by a copy of what it holds.

    DuckDB leaves the content of deleted rows in its file until the space is used again.

    Raises:
        WarehouseError: another process has it open.
    """
    with scratch_beside(warehouse) as scratch, duckdb.connect() as connection:
        try:
            connection.execute(f'attach {_quoted(warehouse)} as "{warehouse.stem}"')
        except duckdb.IOException as error:
            raise WarehouseError(
                f"{warehouse} cannot be opened for writing ({str(error).splitlines()[0]}). End "
                "what has it open and run this command again."
            ) from error
        connection.execute(f"attach {_quoted(scratch)} as compacted")
        connection.execute(f'copy from database "{warehouse.stem}" to compacted')
        connection.execute("detach compacted")
        # the old file stays locked until the new one is in its place
        move_into_place(scratch, warehouse)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
