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
from miatel_warehouse.places import Places
from miatel_warehouse.publish import PublishedMart, publish
from miatel_warehouse.refresh import build, compact
from miatel_warehouse.retain import Retired, days_to_keep, finish_left, retain
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
    for account in places.landed:
        checked = check_lake(account.open_lake(), account.warehouse, print)
        label = places.label(account)
        print(f"{label}day files: {checked:,} that were not read yet are as they were written")


def _build(arguments: argparse.Namespace) -> None:
    build(_places(arguments))


def _publish(arguments: argparse.Namespace) -> None:
    places = _places(arguments)
    _print_published(publish(places))
    print(f"published all of them in {places.bi}")


def _summarise(arguments: argparse.Namespace) -> None:
    print(summarise(arguments.bi or Settings.from_environment().bi))


def _compact(arguments: argparse.Namespace) -> None:
    for account in _places(arguments).landed:
        compact(account.warehouse, account.file_mode)
        print(f"compacted {account.warehouse}")


def _erase(arguments: argparse.Namespace) -> None:
    places = _places(arguments)
    cleared, published = erase(places, read_number())
    print(f"raw files: {cleared.files:,} read, {cleared.changed_files:,} replaced")
    print(f"raw rows: {cleared.rows:,} cleared, none removed; landing keeps the number out")
    for account in places.landed:
        print(f"warehouse: built, tested and compacted, {account.warehouse}")
    _print_published(published)
    print(f"published all of them in {places.bi}")


def _retain(arguments: argparse.Namespace) -> None:
    days = days_to_keep(arguments.days)
    if days is None:
        if not arguments.dry_run and finish_left(_places(arguments)):
            print("finished what an earlier erase or retain, which was stopped, had left")
        print("MIATEL_RETENTION_DAYS is not set: all days are kept")
        return
    places = _places(arguments)
    retired = retain(places, days, dry_run=arguments.dry_run)
    for account in places.landed:
        label = places.label(account)
        _print_retired(label, retired[account.source_name], is_done=not arguments.dry_run)


def _print_retired(label: str, retired: Retired, *, is_done: bool) -> None:
    what = "dropped" if is_done else "would be dropped"
    days = retired.days
    if days:
        print(f"{label}raw days: {len(days):,}, {days[0]} to {days[-1]}")
    print(f"{label}raw rows: {retired.rows:,} {what} of {len(days):,} days; their sums stay")
    if retired.untested:
        print(
            f"{label}untested: {len(retired.untested):,} days, first {retired.untested[0]}: no "
            "green build had their last sums. They keep those of the last one that was green, or "
            "none (completeness_daily.has_sums)"
        )


def _print_published(marts: list[PublishedMart]) -> None:
    for mart in marts:
        print(f"published {mart.name}: {mart.rows:,} rows, {mart.parquet}")


def _places(arguments: argparse.Namespace) -> Places:
    """Where everything is: what the command line leaves out is a setting."""
    return Places.of_settings(
        Settings.from_environment(),
        lake=getattr(arguments, "lake", None),
        warehouse=arguments.warehouse,
        bi=getattr(arguments, "bi", None),
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
            help="DuckDB file that dbt builds, of one account alone (environment: "
            "MIATEL_WAREHOUSE, else data/warehouse.duckdb in MIATEL_HOME)",
        )
    for command in (checking, building, publishing, erasing, retaining):
        command.add_argument(
            "--lake",
            help="root of the lake of one account alone, a path or URL (environment: MIATEL_LAKE, "
            "else data/lake in MIATEL_HOME; those of further accounts: MIATEL_FURTHER_LAKES)",
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
