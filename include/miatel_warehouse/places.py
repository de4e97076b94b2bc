"""Where everything is: each account's lake and warehouse, and what is published of all of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from miatel.lake.lake import Lake, open_lake
from miatel.settings import DEFAULT_FILE_MODE, Settings
from miatel.store import Store, open_store

log = logging.getLogger(__name__)

DEFAULT_SOURCE_NAME = "miatel"


@dataclass(frozen=True)
class AccountPlaces:
    """One account's lake, and the DuckDB file that dbt builds of it alone.

    Attributes:
        lake: the lake's root, a path or URL.
        warehouse: the DuckDB file.
        file_mode: rights of files, like 0o640.
        source_name: what the account is called in the published tables.
        is_further: whether it joined the tables of another account. Its name is part of its
            records' keys then, so that no two records of all the tables share one.
    """

    lake: str
    warehouse: Path
    file_mode: int = DEFAULT_FILE_MODE
    source_name: str = DEFAULT_SOURCE_NAME
    is_further: bool = False

    def open_lake(self) -> Lake:
        """The lake; nothing is read yet."""
        return open_lake(self.lake, self.file_mode)

    def environment(self) -> dict[str, str]:
        """The process's environment, leading dbt to these places from any directory."""
        lake = self.lake if "://" in self.lake else str(Path(self.lake).absolute())
        return os.environ | {  # noqa: TID251  handed on, not read
            "MIATEL_LAKE": lake,
            "MIATEL_WAREHOUSE": str(self.warehouse.absolute()),
            "MIATEL_FURTHER_LAKES": "",
            "MIATEL_FURTHER_ACCOUNT": self.source_name if self.is_further else "",
        }


@dataclass(frozen=True)
class Places:
    """The places of all accounts, and of what is published.

    Attributes:
        accounts: the first one's lake is where the published Parquet files stand.
        bi: the published DuckDB file.
        file_mode: rights of what is published, like 0o640.
        dropped: names of accounts that leave the published tables.
    """

    accounts: Sequence[AccountPlaces]
    bi: Path
    file_mode: int = DEFAULT_FILE_MODE
    dropped: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of_one(
        cls, lake: str, warehouse: Path, bi: Path, file_mode: int = DEFAULT_FILE_MODE
    ) -> Places:
        """The places of a single account."""
        return cls([AccountPlaces(lake, warehouse, file_mode)], bi, file_mode)

    @classmethod
    def of_settings(
        cls,
        settings: Settings,
        lake: str | None = None,
        warehouse: Path | None = None,
        bi: Path | None = None,
    ) -> Places:
        """The places that the environment names.

        Args:
            settings: of the environment.
            lake: in place of the first account's; then no other account is meant.
            warehouse: likewise.
            bi: in place of the published DuckDB file.
        """
        mode = settings.file_mode
        first = AccountPlaces(
            settings.lake if lake is None else lake,
            warehouse or settings.warehouse,
            mode,
            settings.source_name,
        )
        is_one = lake is not None or warehouse is not None
        lakes = {} if is_one else settings.further_lakes
        accounts = [
            AccountPlaces(root, _warehouse_of(first.warehouse, name), mode, name, is_further=True)
            for name, root in lakes.items()
            if root is not None
        ]
        dropped = frozenset(name for name, root in lakes.items() if root is None)
        return cls([first, *accounts], bi or settings.bi, mode, dropped)

    @property
    def landed(self) -> list[AccountPlaces]:
        """The accounts to build and to publish: without further ones that nothing is landed of yet.

        Raises:
            LakeError: a further account's lake cannot be listed.
        """
        first, *further = self.accounts
        return [first, *(one for one in further if one.warehouse.is_file() or _has_days(one))]

    def open_published(self) -> Store:
        """Where the published Parquet files stand."""
        return open_store(self.accounts[0].lake, self.file_mode)

    def label(self, account: AccountPlaces) -> str:
        """How a message begins that is about one account: nothing where there is no other."""
        return f"{account.source_name}: " if len(self.accounts) > 1 else ""


def _has_days(account: AccountPlaces) -> bool:
    if account.open_lake().days():
        return True
    log.warning(
        "%s: nothing is landed in %s yet; the tables are without it",
        account.source_name, account.lake,
    )  # fmt: skip
    return False


def _warehouse_of(first: Path, name: str) -> Path:
    """A further account's DuckDB file, beside that of the first one."""
    return first.with_name(f"{first.stem}_{name}{first.suffix}")
