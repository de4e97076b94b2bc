"""After raw files changed by hand: build the warehouse, compact its file, publish the marts."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from miatel.errors import ErasedNumbersError
from miatel.privacy.erased_numbers import read_erased_numbers
from miatel.privacy.recipient_key import RecipientKey
from miatel.settings import DEFAULT_FILE_MODE, Settings
from miatel.store.file_mode import umask_of
from miatel.store.scratch import move_scratch, scratch_directory, sweep_scratch
from miatel_warehouse import unfinished
from miatel_warehouse.check import check_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.failures import explained
from miatel_warehouse.forget import forget_in_warehouse
from miatel_warehouse.places import AccountPlaces, Places
from miatel_warehouse.publish import PublishedMart, publish
from miatel_warehouse.sql_paths import quoted

log = logging.getLogger(__name__)

DBT_PROJECT = (Path(__file__).parent / "dbt_project").resolve()
"""Part of the package, read only; in a clone it leads to the folder at its root."""
_LEFT_OUT = ("--exclude-resource-type", "unit_test")
_NEVER_GRANTED = 0o027  # by dbt: any right of others, and the group's to write


def refresh(places: Places) -> list[PublishedMart]:
    """Have everything that is made from the raw files follow them, down to the last old block.

    Safe to stop at any time and to run again: the note of `unfinished` stays until all is done.

    Raises:
        WarehouseError: dbt failed, a day is damaged, or another process has the warehouse open;
            what is published is as before. Correct it and run again.
        MiatelError: a raw file could not be read or written.
    """
    for account in places.landed:
        unfinished.begin(account.warehouse)
        check_lake(account.open_lake(), account.warehouse, log.info)
        _forget_erased_numbers(account)
    build(places, "--quiet")
    return put_in_place(places)


def _forget_erased_numbers(account: AccountPlaces) -> None:
    """Replace erased numbers in the sums of retired days, which no build makes anew."""
    try:
        key = RecipientKey.of(Settings.from_environment().recipient_key)
        erased = read_erased_numbers(account.open_lake(), key)
    except ErasedNumbersError as error:
        # Erasing replaced them when it ran; what is old must go, whatever became of the key.
        log.warning("sums of retired days are not looked through again: %s", error)
        return
    if erased is not None:
        forget_in_warehouse(account.warehouse, erased)


def put_in_place(places: Places) -> list[PublishedMart]:
    """After a build: leave nothing of what was before in any file.

    Raises:
        WarehouseError: a file cannot be read or written; run `retain` or `erase` again.
    """
    landed = places.landed
    for account in landed:
        compact(account.warehouse, account.file_mode)
    published = publish(places, keep_previous=False)
    for account in landed:
        account.open_lake().store.sweep_below()
    for account in landed:
        unfinished.finish(account.warehouse)
    return published


def build(places: Places, *options: str) -> None:
    """Run `dbt build` with its tests of data on each account; its output goes where ours goes.

    Not with unit tests: they test the models on rows of their own, whatever was landed, and belong
    to the tests of a change.

    Args:
        places: where everything is.
        options: further ones of `dbt build`.

    Raises:
        WarehouseError: it failed, of one account at least; all others are built.
    """
    failed = [account for account in places.landed if not _is_built(places, account, options)]
    if failed:
        named = " and ".join(account.source_name for account in failed)
        of = f" of {named}" if len(places.accounts) > 1 else ""
        raise WarehouseError(
            f"dbt build{of} failed; its reason is above. Raw files are done, warehouse and "
            "published tables are not. Correct it and run this command again."
        )


def _is_built(places: Places, account: AccountPlaces, options: Sequence[str]) -> bool:
    """Build one account's tables; whether they are, and all tests passed."""
    account.warehouse.parent.mkdir(parents=True, exist_ok=True)
    dbt = Settings.from_environment().dbt
    if label := places.label(account):
        log.info("%sdbt build", label)
    sys.stdout.flush()
    try:
        done = subprocess.run(  # noqa: S603  a command of ours alone
            [str(dbt), "build", *_LEFT_OUT, *options, *_directories(account.warehouse)],
            env=account.environment(),
            umask=umask_of(account.file_mode) | _NEVER_GRANTED,
            check=False,
        )
    except OSError as error:
        raise WarehouseError(
            f"dbt could not be started ({error.strerror}: {dbt}). Install the package with its "
            "extra `warehouse`, here or in an environment of its own whose dbt MIATEL_DBT names."
        ) from None
    return done.returncode == 0


def _directories(warehouse: Path) -> list[str]:
    """The options of dbt that say what it reads and, beside the warehouse, where it writes."""
    written = warehouse.absolute().with_name(f"{warehouse.name}.dbt")
    directories = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": written / "target",
        "--log-path": written / "logs",
    }
    return [text for option in directories.items() for text in map(str, option)]


def compact(warehouse: Path, file_mode: int = DEFAULT_FILE_MODE) -> None:
    """Replace a DuckDB file by a copy of what it holds.

    DuckDB leaves the content of deleted rows in its file until the space is used again.

    Args:
        warehouse: the file; what its log holds goes into it first.
        file_mode: rights of the copy, like 0o640.

    Raises:
        WarehouseError: there is none, it cannot be read, another process has it open, or the disk
            is full. It is as before.
    """
    if not warehouse.is_file():
        raise WarehouseError(f"There is no file {warehouse}, so there is nothing to compact.")
    sweep_scratch(warehouse)
    name = '"' + warehouse.stem.replace('"', '""') + '"'
    with (
        explained(warehouse, "compacted"),
        scratch_directory(warehouse) as scratch,
        duckdb.connect() as connection,
    ):
        connection.execute(f"set temp_directory = {quoted(scratch / 'spilled')}")
        connection.execute(f"attach {quoted(warehouse)} as {name}")
        # The log belongs to the old file: on the copy it would be played a second time.
        connection.execute(f"force checkpoint {name}")
        if logs := _logs_of(warehouse):
            raise WarehouseError(
                f"{warehouse} could not be compacted: its log {logs[0].name} stays after its "
                "content went into the file. Nothing was changed. End what has it open and run "
                "this command again."
            )
        _remove_spilled(warehouse)
        copy = scratch / warehouse.name
        connection.execute(f"attach {quoted(copy)} as compacted_copy")
        connection.execute(f"copy from database {name} to compacted_copy")
        connection.execute("detach compacted_copy")
        # the old file stays locked until the new one is in its place
        move_scratch(copy, warehouse, file_mode)


def _logs_of(warehouse: Path) -> list[Path]:
    """DuckDB's logs beside a file: what is in them is not in the file yet."""
    prefix = f"{warehouse.name}.wal"
    return sorted(path for path in warehouse.parent.iterdir() if path.name.startswith(prefix))


def _remove_spilled(warehouse: Path) -> None:
    """Remove what a killed build had put on disk because memory did not suffice.

    The caller has the warehouse open for writing, so no build is at work.
    """
    directory = warehouse.with_name(f"{warehouse.name}.tmp")
    if directory.is_dir():
        for path in directory.iterdir():
            if path.name.startswith("duckdb_temp"):
                path.unlink()
