"""`python -m miatel`: look at what is landed, from the files alone."""

from __future__ import annotations

import argparse
import sys

from miatel.commands import coverage as coverage_command
from miatel.commands import inspect as inspect_command
from miatel.commands import origin as origin_command
from miatel.commands import verify as verify_command
from miatel.errors import MiatelError
from miatel.lake.lake import Lake, open_lake
from miatel.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        What the command returns, or 2 when the lake or the arguments cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        if "lake" in options:
            options.lake = options.lake or Settings.from_environment().lake
        code: int = options.run(options)
    except MiatelError as error:
        print(error, file=sys.stderr)
        return 2
    return code


def _lake_to_write(options: argparse.Namespace) -> Lake:
    return open_lake(options.lake, Settings.from_environment().file_mode)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m miatel", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lake = argparse.ArgumentParser(add_help=False)
    lake.add_argument(
        "--lake",
        help="directory or URL (default: the variable MIATEL_LAKE, else data/lake of the project)",
    )
    coverage_command.add_command(commands, lake)
    inspect_command.add_command(commands, [], inspect_command.client_of_environment)
    verify_command.add_commands(commands, lake)
    origin_command.add_commands(
        commands, lake, origin_command.account_of_environment, _lake_to_write
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
