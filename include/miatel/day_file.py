"""One GMT day's file: written window by window, merged with what is landed, replaced at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from miatel.clearing import write_cleared
from miatel.coverage import Coverage, decode_footer, decode_retired_at
from miatel.erased_numbers import ErasedNumbers, read_erased_numbers
from miatel.errors import LakeError, RetiredDayError, SuspectShrinkError
from miatel.identity import settle_states, sort_rows
from miatel.lake import Lake, day_file, lake_errors
from miatel.row_groups import (
    ROW_GROUP_ROWS,
    RowGroupWriter,
    count_in_windows,
    rows_within,
    times_of,
)
from miatel.schema import empty_raw_table
from miatel.windows import Window, day_window, merge_windows, subtract_windows


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
        """Take one accepted window's rows of this day.

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

    def land(self, *, allow_shrink: bool = False) -> None:
        """Put the windows into the day's file: rows outside of them stay, rows inside are replaced.

        Args:
            allow_shrink: also where the vendor now sends fewer rows than are landed.

        Raises:
            SuspectShrinkError: fewer rows than landed; the file is as before.
            RetiredDayError: the day is retired and only a part of it came; likewise.
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
            with self._lake.merging():
                self._keep_out(read_erased_numbers(self._lake))
                landed = self._lake.open_parquet(self._path)
                if landed is None:
                    self._take_place()
                    return
                with closing(landed):
                    if decode_retired_at(landed.metadata.metadata):
                        self._check_whole(landed, allow_shrink=allow_shrink)
                        self._take_place()
                    else:
                        self._merge_with(landed, allow_shrink=allow_shrink)
        finally:
            self._lake.store.discard(self._scratch)

    def _keep_out(self, erased: ErasedNumbers | None) -> None:
        """Clear what arrived of erased numbers; under the lake's lock, so that none slips by."""
        if erased is None:
            return
        cleared = self._lake.store.scratch(self._path)
        try:
            with (
                lake_errors(self._lake.root, f"written at {self._path}"),
                closing(pq.ParquetFile(self._scratch)) as arrived,
            ):
                write_cleared(arrived, erased, cleared, self._coverage)
        except BaseException:
            self._lake.store.discard(cleared)
            raise
        self._lake.store.discard(self._scratch)
        self._scratch = cleared

    def _take_place(self) -> None:
        with lake_errors(self._lake.root, f"written at {self._path}"):
            self._lake.store.replace(self._scratch, self._path)

    def _check_whole(self, retired: pq.ParquetFile, *, allow_shrink: bool) -> None:
        """A retired day has its sums only: no part may pass for the whole of it."""
        old = decode_footer(retired.metadata.metadata, self._path)
        missing = subtract_windows(
            [entry.window for entry in old], [entry.window for entry in self._coverage]
        )
        if missing:
            raise RetiredDayError(
                f"{self._path}: the records of this day were dropped for their age, and only a "
                "part of it came now. Nothing was changed: its sums stay. To have the day back, "
                "ask for the whole of it with reload."
            )
        before, now = (sum(entry.rows for entry in entries) for entries in (old, self._coverage))
        if now < before and not allow_shrink:
            raise SuspectShrinkError(
                f"{self._path}: the vendor now sends {now} records for this retired day, of which "
                f"{before} were landed once. Nothing was changed: its sums stay."
            )

    def _merge_with(self, landed: pq.ParquetFile, *, allow_shrink: bool) -> None:
        with (
            closing(pq.ParquetFile(self._scratch)) as arrived,
            self._lake.writing(self._path) as scratch,
        ):
            merge = _Merge(landed, arrived, self._coverage, self._path)
            writer = RowGroupWriter(scratch)
            try:
                for table in merge.rows(allow_shrink=allow_shrink):
                    writer.write(table)
            except BaseException:
                writer.abandon()
                raise
            writer.close(merge.coverage)


class _Merge:
    """The rows and the coverage of a day, of which some windows came again."""

    def __init__(
        self, landed: pq.ParquetFile, arrived: pq.ParquetFile, new: list[Coverage], path: str
    ) -> None:
        self._landed = landed
        self._arrived = arrived
        self._path = path
        self._new = sorted(new, key=lambda entry: entry.window)
        self._old = decode_footer(landed.metadata.metadata, path)
        self.coverage: list[Coverage] = []

    def rows(self, *, allow_shrink: bool) -> Iterator[pa.Table]:
        """Rows in order of time; `coverage` is whole once they are exhausted."""
        day = day_window(self._first_day())
        replaced = merge_windows(entry.window for entry in self._new)
        untouched = subtract_windows([day], replaced)
        units = [(window, False) for window in untouched] + [(w, True) for w in replaced]
        for window, is_new in sorted(units):
            if is_new:
                entries = [e for e in self._new if window.intersect(e.window)]
                for batch in _batches(entries):
                    yield self._replace(batch, allow_shrink=allow_shrink)
            else:
                yield from self._carry_over(window)
        self.coverage.extend(self._new)

    def _first_day(self) -> date:
        return self._new[0].window.start.date()

    def _carry_over(self, window: Window) -> Iterator[pa.Table]:
        shares = [
            (entry, share) for entry in self._old if (share := entry.window.intersect(window))
        ]
        counts = np.zeros(len(shares), dtype=np.int64)
        for table in rows_within(self._landed, [window]):
            if shares:
                counts += count_in_windows(times_of(table), [share for _, share in shares])
            yield table
        for (entry, share), count in zip(shares, counts, strict=True):
            self.coverage.append(entry.with_share(share, int(count)))

    def _replace(self, batch: list[Coverage], *, allow_shrink: bool) -> pa.Table:
        windows = [entry.window for entry in batch]
        landed = _read(self._landed, windows)
        arrived = _read(self._arrived, windows)
        if not allow_shrink:
            before = count_in_windows(times_of(landed), windows)
            for entry, rows_before in zip(batch, before, strict=True):
                if entry.rows < rows_before:
                    raise SuspectShrinkError(
                        f"{self._path}: the vendor now sends {entry.rows} records for "
                        f"{entry.window}, but {rows_before} are landed. Nothing was changed. Ask "
                        "the vendor; if the smaller number is right, run with allow_shrink."
                    )
        return sort_rows(settle_states(landed, arrived))


def _read(file: pq.ParquetFile, windows: list[Window]) -> pa.Table:
    return pa.concat_tables([empty_raw_table(), *rows_within(file, windows)])


def _batches(entries: list[Coverage]) -> Iterator[list[Coverage]]:
    """Entries in order, in runs that hold about one row group's rows."""
    rows = np.cumsum([entry.rows for entry in entries])
    numbered = zip(rows // ROW_GROUP_ROWS, entries, strict=True)
    for _, run in groupby(numbered, key=lambda pair: pair[0]):
        yield [entry for _, entry in run]
