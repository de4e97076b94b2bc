"""Zip `bi/superset` into one file that Superset imports. `make superset` calls it.

The sources there are in Superset's own export layout, but for what is known elsewhere and would go
stale: the columns of a dataset come from the contract of its mart, and the path of the BI file from
the command line.
"""

from __future__ import annotations

import argparse
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from project import DATA, PROJECT

SOURCES = PROJECT / "bi" / "superset"
CONTRACTS = PROJECT / "dbt_project" / "models" / "marts"

TEMPORAL_TYPES = ("date", "timestamptz", "timestamp with time zone")
SOURCE_NAME = {
    "name": "source_name",
    "data_type": "varchar",
    "description": "Which account of the platform, as MIATEL_SOURCE_NAME and MIATEL_FURTHER_LAKES "
    "call it.",
}
"""Publishing puts it before the columns of each contract but those of dimensions."""

TITLES = {
    "mdr_date": "Day (GMT)",
    "mccmnc": "MCC and MNC",
    "hour_at": "Hour (GMT)",
    "month_date": "Month (GMT)",
    "body_sha256": "SHA-256 of the answer",
}
"""Titles of columns whose name alone would not read well."""


def build_bundle(bi: Path) -> dict[str, str]:
    """Complete the sources: each path in the bundle with its YAML text.

    Args:
        bi: absolute path of the published DuckDB file on the machine that runs Superset.
    """
    contracts = read_contracts()
    bundle = {}
    for path in sorted(SOURCES.rglob("*.yaml")):
        content = _load(path)
        if "sqlalchemy_uri" in content:
            options = content["sqlalchemy_uri"].partition("?")[2]
            content["sqlalchemy_uri"] = f"duckdb:///{bi}?{options}"
        if "table_name" in content:
            own = content.get("columns", [])
            content["columns"] = [*_columns(contracts[content["table_name"]]), *own]
        name = str(path.relative_to(SOURCES))
        bundle[name] = yaml.dump(
            content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
        )
    return bundle


def read_contracts() -> dict[str, dict[str, Any]]:
    """Each published table's name with its entry in the marts' `_models.yml`, as published."""
    return {
        model["name"]: model | {"columns": [*_of_source(model["name"]), *model["columns"]]}
        for path in sorted(CONTRACTS.glob("*/_models.yml"))
        for model in _load(path)["models"]
    }


def _of_source(table: str) -> list[dict[str, str]]:
    return [] if table.startswith("dim_") else [SOURCE_NAME]


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return content


def _columns(contract: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for column in contract["columns"]:
        data_type = column["data_type"]
        yield {
            "column_name": column["name"],
            "verbose_name": _title(column["name"]),
            "description": " ".join(column["description"].split()),
            "type": data_type.upper().replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"),
            "is_dttm": data_type in TEMPORAL_TYPES,
            "is_active": True,
            "groupby": True,
            "filterable": True,
        }


def _title(column: str) -> str:
    """`failed_message_count` as a reader of a chart wants it: `Failed message count`."""
    return TITLES.get(column, column.removesuffix("_name").replace("_", " ").capitalize())


def write_zip(bundle: dict[str, str], target: Path) -> None:
    """Write the bundle as Superset wants it: everything under one directory.

    The same sources give the same bytes: no entry holds the time of writing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in bundle.items():
            archive.writestr(zipfile.ZipInfo(f"miatel/{name}"), text, zipfile.ZIP_DEFLATED)


def main() -> int:
    """Write the bundle and print how to import it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--bi",
        type=Path,
        default=Path(os.environ.get("MIATEL_BI", DATA / "bi.duckdb")),
        help="published DuckDB file as Superset's machine sees it (environment: MIATEL_BI)",
    )
    parser.add_argument(
        "--to", type=Path, default=PROJECT / "reports" / "superset.zip", help="file to replace"
    )
    arguments = parser.parse_args()
    bundle = build_bundle(arguments.bi.absolute())
    write_zip(bundle, arguments.to)
    print(f"{len(bundle)} files in {arguments.to}, reading {arguments.bi.absolute()}")
    print(f"Import it: superset import-dashboards --path {arguments.to} --username admin")
    return 0


if __name__ == "__main__":
    sys.exit(main())
