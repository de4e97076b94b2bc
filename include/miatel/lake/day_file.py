"""One GMT day's file: written window by window, merged with what is landed, replaced at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.errors import (
    DamagedFileError,
    LakeError,
    RetiredDayError,
    SuspectShrinkError,
)
from miatel.identity.landing_counts import LandingCounts
from miatel.lake.coverage import (
    RETIRED_KEY,
    Coverage,
    decode_footer,
    decode_late_records,
    decode_retired_at,
    encode_footer,
    encode_late_records,
    kept_entries,
)
from miatel.lake.day_merge import DayMerge
from miatel.lake.lake import Lake, day_file
from miatel.lake.lake_file import LakeFile, lake_errors
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.rewriting import Change, rewrite_rows
from miatel.sources import MDR
from miatel.windows import day_window, subtract_windows

log = logging.getLogger(__name__)


class DayFile:
    """Collects the accepted windows of one day and lands them together.

    Nothing is visible to any reader before `land`, and then all of it is.

    Args:
        lake: where the day's file stands, or will.
        day: the GMT day.
    """

    def __init__(self, lake: Lake, day: date) -> None:
        self.day = day
        self._lake = lake
        self._path = day_file(day)
        self._coverage: list[Coverage] = []
        self._failure: LakeError | None = None
        with lake_errors(lake.root, f"written at {self._path}"):
            self._scratch = lake.store.scratch(self._path)
            try:
                self._writer = RowGroupWriter(self._scratch)
            except OSError:  # on a full disk the file is made before its first byte fails
                lake.store.discard(self._scratch)
                raise

    def add(self, rows: pa.Table, coverage: Coverage) -> None:
        """Add one accepted window's rows of this day.

        Args:
            rows: raw schema, sorted, each record once, all within the coverage's window.
            coverage: the request's share of this day; no two overlap.

        Raises:
            LakeError: the rows could not be written.
        """
        try:
            with lake_errors(self._lake.root, f"written at {self._path}"):
                self._writer.write(rows)
        except LakeError as error:
            self._failure = error
            raise
        self._coverage.append(coverage)

    def land(
        self,
        *,
        allow_shrink: bool = False,
        reload: bool = False,
        find_clearing: Callable[[], Change | None] = lambda: None,
    ) -> LandingCounts:
        """Put the windows into the day's file: rows outside of them stay, rows inside are merged.

        Args:
            allow_shrink: also where records that are landed did not come again.
            reload: the day was asked for by name: it may come back though it is retired, and
                replace a file that is damaged.
            find_clearing: gives what clears rows of what must not be kept, if there is such; asked
                under the lake's lock, so that nothing slips by.

        Returns:
            What was found: late records, and contradicting final states.

        Raises:
            SuspectShrinkError: landed records did not come again; the file is as before.
            RetiredDayError: the day is retired, and not the whole of it was reloaded; likewise.
            DamagedFileError: the day's file is damaged, and not all of it was reloaded; likewise.
            ErasedNumbersError: numbers must be kept out whose key is not set; likewise.
            LakeError: it cannot be read or written; the file is as before.
        """
        try:
            if self._failure is not None:  # its rows may be half written: none of it is landed
                with lake_errors(self._lake.root, f"written at {self._path}"):
                    self._writer.abandon()
                raise self._failure
            with lake_errors(self._lake.root, f"written at {self._path}"):
                self._writer.close(self._coverage)

            def land(file: LakeFile) -> LandingCounts:
                self._clear(find_clearing())
                return self._land_in(file, allow_shrink=allow_shrink, reload=reload)

            return self._lake.update(self._path, land)
        finally:
            self._lake.store.discard(self._scratch)

    def _land_in(self, file: LakeFile, *, allow_shrink: bool, reload: bool) -> LandingCounts:
        try:
            landed = self._open_checked(file)
        except DamagedFileError as error:
            if not reload or self._lacks_seconds():
                raise
            self._replace_damaged(file, error, allow_shrink=allow_shrink)
            return LandingCounts()
        if landed is None:
            file.replace(self._scratch)
            return LandingCounts()
        with closing(landed):
            metadata = landed.metadata.metadata
            if not decode_retired_at(metadata):
                return self._merge_with(file, landed, allow_shrink=allow_shrink)
            self._check_complete(decode_footer(metadata, self._path), allow_shrink, reload)
            self._replace(file, metadata)
            return LandingCounts()

    def _open_checked(self, file: LakeFile) -> pq.ParquetFile | None:
        """The day's file after each of its bytes was checked."""
        landed = file.open_checked()
        if landed is not None:
            try:
                decode_footer(landed.metadata.metadata, self._path)
            except BaseException:
                landed.close()
                raise
        return landed

    def _clear(self, clear: Change | None) -> None:
        """Write what arrived anew, cleared of what must not be kept."""
        if clear is None:
            return
        cleared = self._lake.store.scratch(self._path)
        try:
            with (
                lake_errors(self._lake.root, f"written at {self._path}"),
                closing(pq.ParquetFile(self._scratch)) as arrived,
            ):
                rewrite_rows(MDR, arrived, clear, cleared, encode_footer(self._coverage))
        except BaseException:
            self._lake.store.discard(cleared)
            raise
        self._lake.store.discard(self._scratch)
        self._scratch = cleared

    def _replace(self, file: LakeFile, metadata: dict[bytes, bytes]) -> None:
        """Replace a file that is not merged with; what else its footer says stays."""
        entries = {key: text for key, text in kept_entries(metadata).items() if key != RETIRED_KEY}
        if not entries:
            file.replace(self._scratch)
            return
        with closing(pq.ParquetFile(self._scratch)) as arrived, file.writing() as scratch:
            _write(arrived, scratch, self._coverage, entries)

    def _lacks_seconds(self) -> bool:
        """Whether what came is a part of the day only."""
        windows = [entry.window for entry in self._coverage]
        return bool(subtract_windows([day_window(self.day)], windows))

    def _replace_damaged(
        self, file: LakeFile, damage: DamagedFileError, *, allow_shrink: bool
    ) -> None:
        """The cure of a damaged file: the whole day anew, without reading a row of the old one."""
        metadata: dict[bytes, bytes] = {}
        try:
            landed = file.open_parquet()
            if landed is not None:
                with closing(landed):
                    before = decode_footer(landed.metadata.metadata, self._path)
                    metadata = dict(landed.metadata.metadata)
                self._check_count(before, "damaged", allow_shrink=allow_shrink)
        except LakeError as error:
            log.warning("%s: not even its counts can be read: %s", self._path, error)
        self._replace(file, metadata)
        log.warning(
            "%s The whole day was asked for anew and has replaced it. Final receipts and prices "
            "that only the damaged file held could not be carried over.", damage
        )  # fmt: skip

    def _check_complete(self, old: list[Coverage], allow_shrink: bool, reload: bool) -> None:
        """A retired day has its sums only: no part may pass for the whole of it."""
        windows = [entry.window for entry in self._coverage]
        if not reload or subtract_windows([entry.window for entry in old], windows):
            raise RetiredDayError(
                f"{self._path}: the records of this day were dropped for their age, and "
                f"{'only a part of it' if reload else 'some of it'} came now. Nothing was changed: "
                "its sums stay. To have the day back, ask for the whole of it with reload."
            )
        self._check_count(old, "retired", allow_shrink=allow_shrink)

    def _check_count(self, old: list[Coverage], what: str, *, allow_shrink: bool) -> None:
        """Compare counts, where the landed rows cannot be compared with."""
        before, now = (sum(entry.rows for entry in entries) for entries in (old, self._coverage))
        if now < before and not allow_shrink:
            raise SuspectShrinkError(
                f"{self._path}: the vendor now sends {now} records for this {what} day, of which "
                f"{before} were landed once. Nothing was changed. Ask the vendor; if the smaller "
                "number is right, run with allow_shrink."
            )

    def _merge_with(
        self, file: LakeFile, landed: pq.ParquetFile, *, allow_shrink: bool
    ) -> LandingCounts:
        metadata = landed.metadata.metadata
        with closing(pq.ParquetFile(self._scratch)) as arrived, file.writing() as scratch:
            merge = DayMerge(landed, arrived, self._coverage, self._path)
            writer = RowGroupWriter(scratch)
            try:
                for table in merge.rows(allow_shrink=allow_shrink):
                    writer.write(table)
            except BaseException:
                writer.abandon()
                raise
            late = encode_late_records([*decode_late_records(metadata), *merge.late])
            writer.close(merge.coverage, kept_entries(metadata) | late)
        return merge.counts


def _write(
    source: pq.ParquetFile, target: Path, coverage: list[Coverage], entries: dict[bytes, bytes]
) -> None:
    writer = RowGroupWriter(target)
    try:
        for index in range(source.metadata.num_row_groups):
            writer.write(source.read_row_group(index))
    except BaseException:
        writer.abandon()
        raise
    writer.close(coverage, entries)
