"""`origin add` and `origin list`: which account a lake holds, and its new key or address."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from miatel.account import Account
from miatel.lake.lake import Lake
from miatel.lake.origin import add_origin, read_origins
from miatel.settings import Settings

AccountOf = Callable[[argparse.Namespace], Account]
LakeOf = Callable[[argparse.Namespace], Lake]


def add_commands(
    commands: Any, options: argparse.ArgumentParser, account_of: AccountOf, lake_of: LakeOf
) -> None:
    """Add the commands `origin add` and `origin list`.

    Args:
        commands: the sub-parsers of a command line.
        options: a parser with the options that say which lake and which account are meant.
        account_of: the account that the options mean.
        lake_of: the lake that the options mean.
    """
    origin = commands.add_parser(
        "origin",
        help="which account the lake holds; add its new key or address",
        description="A lake holds the records of one account. Its list of origins names the "
        "account's address and a slow fingerprint of its key; landing with another is refused.",
    )
    actions = origin.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser(
        "add",
        parents=[options],
        help="the same account has another key or address",
        description=account_of.__doc__,
    )
    add.add_argument("--name", help="for footers and messages (default: the next number)")
    add.set_defaults(run=lambda it: _add(lake_of(it), account_of(it), it.name))
    show = actions.add_parser("list", parents=[options], help="the origins, oldest first")
    show.set_defaults(run=lambda it: _list(lake_of(it)))


def account_of_environment(_: argparse.Namespace) -> Account:
    """The key is taken from MIATEL_KEY, the address from MIATEL_ADDRESS (default: Miatel's)."""
    settings = Settings.from_environment()
    return Account(settings.address, settings.key)


def _add(lake: Lake, account: Account, name: str | None) -> int:
    before = {origin.name for origin in read_origins(lake) or []}
    added = add_origin(lake, account, datetime.now(UTC), name)
    if added in before:
        print(f"{added} at {account.address} with this key is in the list already")
    else:
        print(f"added {added} at {account.address} to the lake {lake.root}")
    return 0


def _list(lake: Lake) -> int:
    origins = read_origins(lake)
    if origins is None:
        print(f"the lake {lake.root} has no list yet: its next landing begins it")
        return 1
    for origin in origins:
        print(f"{origin.name:16} {origin.address:40} since {origin.added_at}")
    return 0
