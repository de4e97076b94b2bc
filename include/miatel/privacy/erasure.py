"""Raw files without what must not be kept: erased numbers, and the records of retired days.

Every second stays proven: the footer's coverage is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from miatel.errors import ConflictError, LakeError
from miatel.lake.coverage import (
    ERASED_KEY,
    RETIRED_KEY,
    Coverage,
    decode_footer,
    decode_retired_at,
    encode_footer,
    encode_moment,
    kept_entries,
)
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.rewriting import rewrite_rows
from miatel.lake.upgrade import upgrade_lake
from miatel.privacy.erased_numbers import ErasedNumbers, add_erased_number
from miatel.privacy.recipient_key import RecipientKey
from miatel.sources import MDR, Source


@dataclass(frozen=True)
class Cleared:
    """What was done to a lake's raw files.

    Attributes:
        files: how many raw files were looked at.
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
        ValueError: it is no number that can be recognised among other values.
        ErasedNumbersError: the lake's list was made with another key; nothing was changed.
        LakeError: a day could not be read or written; the others are done. Run again.
    """
    # First the list: what lands after it is clear of the number.
    erased = add_erased_number(lake, key, number)
    unread = upgrade_lake(lake, now).damaged
    sources = [source for source in lake.sources if source.personal.names]
    files = [(source, path) for source in sources for path in lake.files(source)]
    rows: list[int] = []
    for source, path in files:
        try:
            rows.append(_erase_in(lake, source, path, erased, now))
        except (LakeError, ConflictError) as error:  # it must not keep the number in the others
            unread[path] = str(error)
    if unread:
        named = ", ".join(sorted(unread))
        raise LakeError(
            f"the number is on the list and gone from {len(files) - len(unread)} of {len(files)} "
            f"files, but it may stand in {named}, which could not be read: "
            f"{next(iter(unread.values()))} Mend these files, then erase it again."
        )
    return Cleared(len(files), sum(count > 0 for count in rows), sum(rows))


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
    dropped = lake.update(MDR.file(day), lambda file: _retire_file(file, MDR, now, expected))
    others = [source for source in lake.sources if source.has_retention and source is not MDR]
    if others and _is_retired(lake, day):
        for source in others:
            lake.update(source.file(day), partial(_retire_file, source=source, now=now))
    return dropped


def _is_retired(lake: Lake, day: date) -> bool:
    landed = lake.open_parquet(MDR.file(day))
    if landed is None:
        return False
    with closing(landed):
        return decode_retired_at(landed.metadata.metadata) is not None


def _retire_file(
    file: LakeFile, source: Source, now: datetime, expected: list[Coverage] | None = None
) -> int | None:
    """Drop a file's rows; None where there are none to drop, or its coverage is not as expected."""
    landed = file.open_checked()
    if landed is None:
        return None
    with closing(landed):
        metadata = landed.metadata.metadata or {}
        if decode_retired_at(metadata):
            return None
        if expected is not None and decode_footer(metadata, file.path) != expected:
            return None
        entries = _entries_of(file, source, metadata) | encode_moment(RETIRED_KEY, now)
        with file.writing() as scratch:
            RowGroupWriter(scratch, source.schema).close_with(entries)
        return int(landed.metadata.num_rows)


def _erase_in(lake: Lake, source: Source, path: str, erased: ErasedNumbers, now: datetime) -> int:
    """How many rows of a file were cleared; without any it stays as it is."""
    lake.store.sweep(path)
    return lake.update(path, lambda file: _erase_in_file(file, source, erased, now))


def _erase_in_file(file: LakeFile, source: Source, erased: ErasedNumbers, now: datetime) -> int:
    landed = file.open_checked()
    if landed is None or landed.metadata.num_rows == 0:
        return 0
    with closing(landed):
        tables = map(landed.read_row_group, range(landed.metadata.num_row_groups))
        rows = sum(erased.clear(table, source.personal)[1] for table in tables)
        if rows:
            metadata = landed.metadata.metadata or {}
            entries = _entries_of(file, source, metadata) | encode_moment(ERASED_KEY, now)
            with file.writing() as scratch:
                rewrite_rows(source, landed, erased.clearing_of(source), scratch, entries)
        return rows


def _entries_of(
    file: LakeFile, source: Source, metadata: Mapping[bytes, bytes]
) -> dict[bytes, bytes]:
    """What a file's footer says, to be written into that of its next version."""
    entries = kept_entries(metadata)
    if source.has_coverage:
        entries |= encode_footer(decode_footer(metadata, file.path))
    return entries
