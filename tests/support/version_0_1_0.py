"""A lake and a warehouse as version 0.1.0 made them, for tests of what later versions make of them.

`tests/fixtures/version_0_1_0/README.md` says what is in them.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "version_0_1_0"


@dataclass(frozen=True)
class Unpacked:
    """A copy of one's own, to do with as one likes.

    Attributes:
        lake: the lake's root.
        warehouse: the DuckDB file that dbt built; its views lead to the lake's place of then until
            dbt runs again.
        bi: the published DuckDB file.
        facts: what 0.1.0 held of all this.
    """

    lake: Path
    warehouse: Path
    bi: Path
    facts: dict[str, Any]


def unpack(directory: Path) -> Unpacked:
    """Unpack lake, warehouse and published file into a directory, which is made if need be."""
    directory.mkdir(parents=True, exist_ok=True)
    # Not with `tarfile`: its filter of members, asked for by Python 3.14, came with 3.11.4.
    archive = FIXTURE / "lake_and_warehouse.tar.gz"
    subprocess.run(["tar", "-xzf", archive, "-C", directory], check=True)
    facts = json.loads((FIXTURE / "facts.json").read_text(encoding="utf-8"))
    return Unpacked(
        directory / "lake", directory / "warehouse.duckdb", directory / "bi.duckdb", facts
    )
