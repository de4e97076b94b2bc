"""`python -m miatel_provider`: what needs the account of an Airflow connection."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miatel import Account, Lake, MiatelClient

# Airflow reads connections from its database in its own services alone, unless it is told that
# this process is one of them; `airflow connections` does the same.
_PROCESS_CONTEXT = "_AIRFLOW_PROCESS_CONTEXT"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        What the command returns, or 2 when connection, lake or arguments cannot be used.
    """
    from miatel import MiatelError

    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except MiatelError as error:
        print(error, file=sys.stderr)
        return 2
    return code


def client_of(options: argparse.Namespace) -> MiatelClient:
    """The account is that of an Airflow connection.

    Raises:
        FatalError: there is no such connection, or it is malformed.
    """
    os.environ.setdefault(_PROCESS_CONTEXT, "server")  # noqa: TID251  for Airflow to read
    from miatel_provider.hooks import MiatelHook

    return MiatelHook(options.conn_id).get_conn()


def account_of(options: argparse.Namespace) -> Account:
    """The key and address are those of an Airflow connection."""
    return client_of(options).account


def lake_of(_: argparse.Namespace) -> Lake:
    """The lake is that of the environment."""
    from miatel import Settings, open_lake

    settings = Settings.from_environment()
    return open_lake(settings.lake, settings.file_mode)


def _parser() -> argparse.ArgumentParser:
    from miatel.commands import inspect as inspect_command
    from miatel.commands import origin as origin_command

    parser = argparse.ArgumentParser(prog="python -m miatel_provider", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    connection = argparse.ArgumentParser(add_help=False)
    connection.add_argument(
        "--conn-id",
        default="miatel_default",
        help="connection of type Miatel (default: %(default)s)",
    )
    inspect_command.add_command(commands, [connection], client_of)
    origin_command.add_commands(commands, connection, account_of, lake_of)
    return parser


if __name__ == "__main__":
    sys.exit(main())
