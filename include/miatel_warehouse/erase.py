"""Erase one number everywhere: raw files of each account, warehouses, published files."""

from __future__ import annotations

import getpass
import logging
import sys
from datetime import UTC, datetime

from miatel.lake.upgrade import upgrade_lake
from miatel.privacy.erased_numbers import check_number
from miatel.privacy.erasure import Cleared, erase_number
from miatel.privacy.recipient_key import RecipientKey
from miatel.settings import Settings
from miatel_warehouse import unfinished
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.places import Places
from miatel_warehouse.publication import check_no_account_is_missing
from miatel_warehouse.publish import PublishedMart
from miatel_warehouse.refresh import refresh

log = logging.getLogger(__name__)


def read_number() -> str:
    """The number, from a prompt that does not show it, or from standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Number to erase (not shown): ")
    return sys.stdin.readline().strip()


def erase(places: Places, number: str) -> tuple[Cleared, list[PublishedMart]]:
    """Erase a number; safe to stop at any time and to run again.

    Args:
        places: where everything is.
        number: in any usual spelling.

    Returns:
        What was done to the raw files, and what was published.

    Raises:
        WarehouseError: there is no key, it is no number, or the warehouse could not follow.
        MiatelError: a raw file could not be read or written.
    """
    key = RecipientKey.of(Settings.from_environment().recipient_key)
    if key is None:
        raise WarehouseError(
            "MIATEL_RECIPIENT_KEY is not set, or has fewer than 16 characters: docs/privacy.md "
            "says how. Nothing was erased."
        )
    check_no_account_is_missing(places)
    for account in places.accounts:
        upgrade_lake(account.open_lake(), datetime.now(UTC), log.info).check()
    try:
        check_number(number)
    except ValueError as error:
        raise WarehouseError(f"Nothing was erased: {error}.") from None
    for account in places.landed:
        unfinished.begin(account.warehouse)
    cleared = [
        erase_number(account.open_lake(), key, number, datetime.now(UTC))
        for account in places.accounts
    ]
    return _sum(cleared), refresh(places)


def _sum(cleared: list[Cleared]) -> Cleared:
    """What was done to the raw files of all accounts together."""
    return Cleared(
        files=sum(one.files for one in cleared),
        changed_files=sum(one.changed_files for one in cleared),
        rows=sum(one.rows for one in cleared),
    )
