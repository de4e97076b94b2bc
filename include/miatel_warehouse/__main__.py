"""`python -m miatel_warehouse`: publish the marts, or tell what they hold."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.publish import publish
from miatel_warehouse.summary import summarise


def main() -> int:
    """Run the command line; return its exit code."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if arguments.command == "publish":
            for mart in publish(arguments.warehouse, arguments.lake, arguments.bi):
                print(f"published {mart.name}: {mart.rows:,} rows, {mart.parquet}")
            print(f"published all of them in {arguments.bi}")
        else:
            print(summarise(arguments.bi))
    except WarehouseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m miatel_warehouse", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    publishing = commands.add_parser(
        "publish",
        help="replace the published tables by the marts that dbt built and tested",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    publishing.add_argument(
        "--warehouse",
        type=Path,
        default=os.environ.get("MIATEL_WAREHOUSE", "data/warehouse.duckdb"),
        help="DuckDB file that dbt built (environment: MIATEL_WAREHOUSE)",
    )
    publishing.add_argument(
        "--lake",
        default=os.environ.get("MIATEL_LAKE", "data/lake"),
        help="lake below which marts/<table>.parquet is written (environment: MIATEL_LAKE)",
    )
    summarising = commands.add_parser(
        "summary",
        help="print messages, delivery, failures and coverage of the published tables",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for command in (publishing, summarising):
        command.add_argument(
            "--bi",
            type=Path,
            default=os.environ.get("MIATEL_BI", "data/bi.duckdb"),
            help="published DuckDB file (environment: MIATEL_BI)",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
