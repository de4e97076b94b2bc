"""`python -m miatel_warehouse`: publish the marts, list what they hold, or forget."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from miatel.errors import MiatelError
from miatel.settings import Settings
from miatel_warehouse.check import check_lake
from miatel_warehouse.erase import erase, read_number
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.publish import PublishedMart, publish
from miatel_warehouse.refresh import Places, build, compact
from miatel_warehouse.retain import days_to_keep, finish_left, retain
from miatel_warehouse.summary import summarise


def main() -> int:
    """Run the command line; return its exit code."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        run(arguments)
    except (WarehouseError, MiatelError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(arguments: argparse.Namespace) -> None:
    places = _places(arguments)
    checked = check_lake(places.open_lake(), places.warehouse, print)
    print(f"day files: {checked:,} that were not read yet are as they were written")


def _build(arguments: argparse.Namespace) -> None:
    build(_places(arguments))


def _publish(arguments: argparse.Namespace) -> None:
    places = _places(arguments)
    _print_published(publish(places.warehouse, places.lake, places.bi, places.file_mode))
    print(f"published all of them in {places.bi}")


def _summarise(arguments: argparse.Namespace) -> None:
    print(summarise(arguments.bi or Settings.from_environment().bi))


def _compact(arguments: argparse.Namespace) -> None:
    settings = Settings.from_environment()
    warehouse = arguments.warehouse or settings.warehouse
    compact(warehouse, settings.file_mode)
    print(f"compacted {warehouse}")


def _erase(arguments: argparse.Namespace) -> None:
    places = _places(arguments)
    cleared, published = erase(places, read_number())
    print(f"raw files: {cleared.files:,} read, {cleared.changed_files:,} replaced")
    print(f"raw rows: {cleared.rows:,} cleared, none removed; landing keeps the number out")
    print(f"warehouse: built, tested and compacted, {places.warehouse}")
    _print_published(published)
    print(f"published all of them in {places.bi}")


def _retain(arguments: argparse.Namespace) -> None:
    days = days_to_keep(arguments.days)
    if days is None:
        if not arguments.dry_run and finish_left(_places(arguments)):
            print("finished what an earlier erase or retain, which was stopped, had left")
        print("MIATEL_RETENTION_DAYS is not set: all days are kept")
        return
    retired = retain(_places(arguments), days, dry_run=arguments.dry_run)
    what = "would be dropped" if arguments.dry_run else "dropped"
    if retired.days:
        print(f"raw days: {len(retired.days):,}, {retired.days[0]} to {retired.days[-1]}")
    print(f"raw rows: {retired.rows:,} {what} of {len(retired.days):,} days; their sums stay")
    if retired.untested:
        print(
            f"untested: {len(retired.untested):,} days, first {retired.untested[0]}: no green "
            "build had their last sums. They keep those of the last one that was green, or none "
            "(completeness_daily.has_sums)"
        )


def _print_published(marts: list[PublishedMart]) -> None:
    for mart in marts:
        print(f"published {mart.name}: {mart.rows:,} rows, {mart.parquet}")


def _places(arguments: argparse.Namespace) -> Places:
    """Where everything is: what the command line leaves out is a setting."""
    settings = Settings.from_environment()
    return Places(
        lake=arguments.lake if arguments.lake is not None else settings.lake,
        warehouse=arguments.warehouse or settings.warehouse,
        bi=arguments.bi or settings.bi,
        file_mode=settings.file_mode,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m miatel_warehouse", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], None], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=text,
            description=text,
            formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        )
        command.set_defaults(run=run)
        return command

    checking = add(
        "check",
        _check,
        "rewrite days of format 1, and check each day file that the warehouse has not read yet",
    )
    building = add("build", _build, "build all models by dbt, and test them")
    publishing = add(
        "publish", _publish, "replace the published tables by the marts that dbt built and tested"
    )
    summarising = add(
        "summary",
        _summarise,
        "print messages, delivery, failures and coverage of the published tables",
    )
    erasing = add(
        "erase",
        _erase,
        "erase one number from raw files, warehouse and published tables; asks for it, or reads it "
        "from standard input",
    )
    retaining = add(
        "retain", _retain, "drop the records of old days from raw files and facts; sums stay"
    )
    retaining.add_argument(
        "--days",
        type=int,
        help="GMT days to keep (environment: MIATEL_RETENTION_DAYS; unset: all)",
    )
    retaining.add_argument("--dry-run", action="store_true", help="only say what would be dropped")
    compacting = add("compact", _compact, "free the warehouse's file of what deleted rows left")

    for command in (checking, building, publishing, erasing, retaining, compacting):
        command.add_argument(
            "--warehouse",
            type=Path,
            help="DuckDB file that dbt builds (environment: MIATEL_WAREHOUSE, else "
            "data/warehouse.duckdb in MIATEL_HOME)",
        )
    for command in (checking, building, publishing, erasing, retaining):
        command.add_argument(
            "--lake",
            help="root of the lake, a path or URL (environment: MIATEL_LAKE, else data/lake in "
            "MIATEL_HOME)",
        )
    for command in (checking, building, publishing, summarising, erasing, retaining):
        command.add_argument(
            "--bi",
            type=Path,
            help="published DuckDB file (environment: MIATEL_BI, else data/bi.duckdb in "
            "MIATEL_HOME)",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
