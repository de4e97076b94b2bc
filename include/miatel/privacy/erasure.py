"""Day files without what must not be kept: erased numbers, and the records of retired days.

Every second stays proven: the footer's coverage is not touched.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from miatel.errors import ConflictError, LakeError
from miatel.lake.coverage import (
    ERASED_KEY,
    RETIRED_KEY,
    Coverage,
    decode_footer,
    decode_retired_at,
    encode_moment,
    kept_entries,
)
from miatel.lake.lake import Lake, day_file
from miatel.lake.lake_file import LakeFile
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.rewriting import rewrite_rows
from miatel.lake.upgrade import upgrade_lake
from miatel.privacy.erased_numbers import ErasedNumbers, add_erased_number
from miatel.privacy.recipient_key import RecipientKey


@dataclass(frozen=True)
class Cleared:
    """What was done to a lake's raw files.

    Attributes:
        files: how many were looked at.
        changed_files: how many of them were replaced.
        rows: rows that were cleared, or dropped.
    """

    files: int
    changed_files: int
    rows: int


def erase_number(lake: Lake, key: RecipientKey, number: str, now: datetime) -> Cleared:
    """Clear every raw row of a number, and keep it out of whatever is landed from now on.

    Safe to stop at any time and to run again.

    Args:
        lake: local or on an object store.
        key: under which the number stays known.
        number: in any usual spelling.
        now: aware UTC, for the footers.

    Raises:
        ValueError: it is no number that can be told from other values.
        ErasedNumbersError: the lake's list was made with another key; nothing was changed.
        LakeError: a day could not be read or written; the others are done. Run again.
    """
    # First the list: what lands after it is clear of the number.
    erased = add_erased_number(lake, key, number)
    unread = upgrade_lake(lake, now).damaged
    days = lake.days()
    rows: list[int] = []
    for day in days:
        try:
            rows.append(_erase_in_day(lake, day, erased, now))
        except (LakeError, ConflictError) as error:  # it must not keep the number in the others
            unread[day] = str(error)
    if unread:
        named = ", ".join(map(str, sorted(unread)))
        raise LakeError(
            f"the number is on the list and gone from {len(days) - len(unread)} of {len(days)} "
            f"days, but it may stand in {named}, which could not be read: "
            f"{next(iter(unread.values()))} Mend these days, then erase it again."
        )
    return Cleared(len(days), sum(count > 0 for count in rows), sum(rows))


def retire_day(lake: Lake, day: date, expected: list[Coverage], now: datetime) -> int | None:
    """Drop a day's rows; its file stays, with zero rows and its coverage.

    Args:
        lake: local or on an object store.
        day: the GMT day.
        expected: the coverage that its sums were built from.
        now: aware UTC, for the footer.

    Returns:
        How many rows were dropped; None when the day was landed anew or is retired already, and
        so was left alone.

    Raises:
        LakeError: the file could not be read or written; it is as before.
    """
    return lake.update(day_file(day), lambda file: _retire_file(file, expected, now))


def _retire_file(file: LakeFile, expected: list[Coverage], now: datetime) -> int | None:
    landed = file.open_checked()
    if landed is None:
        return None
    with closing(landed):
        metadata = landed.metadata.metadata
        coverage = decode_footer(metadata, file.path)
        if coverage != expected or decode_retired_at(metadata):
            return None
        with file.writing() as scratch:
            entries = kept_entries(metadata) | encode_moment(RETIRED_KEY, now)
            RowGroupWriter(scratch).close(coverage, entries)
        return int(landed.metadata.num_rows)


def _erase_in_day(lake: Lake, day: date, erased: ErasedNumbers, now: datetime) -> int:
    """How many rows of the day were cleared; without any the file stays as it is."""
    lake.store.sweep(day_file(day))
    return lake.update(day_file(day), lambda file: _erase_in_file(file, erased, now))


def _erase_in_file(file: LakeFile, erased: ErasedNumbers, now: datetime) -> int:
    landed = file.open_checked()
    if landed is None or landed.metadata.num_rows == 0:
        return 0
    with closing(landed):
        groups = range(landed.metadata.num_row_groups)
        rows = sum(erased.clear(landed.read_row_group(index))[1] for index in groups)
        if rows:
            coverage = decode_footer(landed.metadata.metadata, file.path)
            entry = encode_moment(ERASED_KEY, now)
            with file.writing() as scratch:
                rewrite_rows(landed, erased.clear_and_rekey, scratch, coverage, entry)
        return rows
