"""`python -m miatel verify` and `upgrade`: check what is landed, and rewrite what 0.1.0 landed."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from miatel.lake.lake import open_lake
from miatel.lake.origin import known_origins
from miatel.lake.upgrade import upgrade_lake
from miatel.lake.verification import verify_lake
from miatel.settings import Settings


def add_commands(commands: Any, lake_option: argparse.ArgumentParser) -> None:
    """Add both commands to a command line.

    Args:
        commands: of argparse.
        lake_option: parser with the option `--lake`, to inherit.
    """
    verify = commands.add_parser(
        "verify",
        parents=[lake_option],
        help="check every byte, row, key and footer of what is landed",
        description="Exit code 0: all is as it was written; 1: damage; 2: cannot be read.",
    )
    verify.set_defaults(run=run_verify)
    upgrade = commands.add_parser(
        "upgrade",
        parents=[lake_option],
        help="rewrite days that version 0.1.0 landed; landing and building do so by themselves",
        description="Exit code 0: all days are of the present format; 2: some cannot be read.",
    )
    upgrade.set_defaults(run=run_upgrade)


def run_verify(options: argparse.Namespace) -> int:
    """Print what checking a lake found; return the exit code."""
    lake = open_lake(options.lake)
    report = verify_lake(lake, origins=frozenset(known_origins(lake)), on_progress=_say)
    print(f"checked       {report.days:,} days, {report.rows:,} records")
    if report.unverifiable:
        print(f"unverifiable  {len(report.unverifiable):,} days of format 1: run upgrade")
    print(f"damaged       {len(report.damaged):,} files")
    for path, wrong in report.damaged.items():
        print(f"              {path}: {wrong}")
    return 1 if report.damaged else 0


def run_upgrade(options: argparse.Namespace) -> int:
    """Rewrite a lake's days of format 1; print what was done."""
    lake = open_lake(options.lake, Settings.from_environment().file_mode)
    report = upgrade_lake(lake, datetime.now(UTC), _say)
    print(f"rewritten     {len(report.upgraded):,} days")
    report.check()
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)
