"""A day's landed rows and the windows that came again, merged a bounded number at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from miatel.errors import SuspectShrinkError
from miatel.identity.deduplication import renumber_rows
from miatel.identity.landing_counts import LandingCounts
from miatel.identity.merging import merge_states
from miatel.identity.pairing import pair_rows
from miatel.identity.record_key import flat
from miatel.lake.coverage import Coverage, LateRecords, decode_footer
from miatel.lake.parquet_io import ROW_GROUP_ROWS, rows_within
from miatel.record_times import Microseconds, count_in_windows, find_windows, times_of
from miatel.schema import empty_raw_table
from miatel.windows import Window, day_window, merge_windows, subtract_windows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class _Late:
    """What came late, as microseconds since 1970."""

    rows: int = 0
    first: int = 0
    last: int = 0
    found: int = 0

    def add(self, times: Microseconds, found: Microseconds) -> None:
        first, last = int(times.min()), int(times.max())
        self.first = min(self.first, first) if self.rows else first
        self.last = max(self.last, last)
        self.found = max(self.found, int(found.max()))
        self.rows += len(times)


class DayMerge:
    """The rows and the coverage of a day, of which some windows came again.

    A landed record and the one that came for it are one row, see `pairing` and `merging`. A landed
    one of the new windows that did not come is missed, unless it was first seen after the answer:
    an older answer could not hold it.

    Args:
        landed: the day's file, raw schema.
        arrived: what came, likewise.
        new: coverage of what came; no two overlap.
        path: of the day's file, for messages.

    Attributes:
        coverage: of the merged day; whole once `rows` is exhausted.
        counts: what was found on the way, likewise.
    """

    def __init__(
        self, landed: pq.ParquetFile, arrived: pq.ParquetFile, new: list[Coverage], path: str
    ) -> None:
        self._landed = landed
        self._arrived = arrived
        self._path = path
        self._new = sorted(new, key=lambda entry: entry.window)
        self._old = decode_footer(landed.metadata.metadata, path)
        self._last_old = max((_answered(entry) for entry in self._old), default=0)
        self._late = _Late()
        self.coverage: list[Coverage] = []
        self.counts = LandingCounts()

    def rows(self, *, allow_shrink: bool) -> Iterator[pa.Table]:
        """Rows in order of time.

        Raises:
            SuspectShrinkError: landed records did not come again.
        """
        day = day_window(self._new[0].window.start.date())
        replaced = merge_windows(entry.window for entry in self._new)
        untouched = subtract_windows([day], replaced)
        units = [(window, False) for window in untouched] + [(w, True) for w in replaced]
        for window, is_new in sorted(units):
            if is_new:
                entries = [e for e in self._new if window.intersect(e.window)]
                for batch in _batches(entries):
                    yield self._merge(batch, allow_shrink=allow_shrink)
            else:
                yield from self._carry_over(window)

    @property
    def late(self) -> list[LateRecords]:
        """What came late: at most one entry."""
        late = self._late
        if not late.rows:
            return []
        moments = (_moment(micros) for micros in (late.found, late.first, late.last))
        found, first, last = moments
        return [LateRecords(found, self._new[-1].run_id, late.rows, first, last)]

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

    def _merge(self, batch: list[Coverage], *, allow_shrink: bool) -> pa.Table:
        windows = [entry.window for entry in batch]
        landed = _read(self._landed, windows)
        arrived = _read(self._arrived, windows)
        pairs = pair_rows(landed, arrived)
        is_whole = len(pairs.landed) == landed.num_rows == arrived.num_rows
        if not (is_whole and np.array_equal(pairs.landed, pairs.arrived)):
            gone = landed.take(pairs.left_of(landed.num_rows, pairs.landed))
            new = arrived.take(pairs.left_of(arrived.num_rows, pairs.arrived))
            landed, arrived = landed.take(pairs.landed), arrived.take(pairs.arrived)
        else:
            gone = new = empty_raw_table()
        self._count_late(new)
        kept = self._keep_later(gone, batch, allow_shrink=allow_shrink)
        merged = merge_states(landed, arrived, self._confirmed(landed, batch))
        self.counts.conflicting_final_states += merged.conflicting_final_states
        rows = renumber_rows(pa.concat_tables([merged.rows, kept, new]).combine_chunks())
        self._cover(batch, times_of(rows))
        return rows

    def _confirmed(self, landed: pa.Table, batch: list[Coverage]) -> Microseconds | None:
        """Until when each landed row was seen; None where no answer came that is older."""
        if all(_answered(entry) >= self._last_old for entry in batch):
            return None
        position = find_windows(times_of(landed), [entry.window for entry in self._old])
        return np.array([_answered(entry) for entry in self._old], np.int64)[position]

    def _keep_later(self, gone: pa.Table, batch: list[Coverage], *, allow_shrink: bool) -> pa.Table:
        """Of the landed rows that did not come, those that were first seen after the answer."""
        if not gone.num_rows:
            return gone
        windows = [entry.window for entry in batch]
        position = find_windows(times_of(gone), windows)
        answered = np.array([_answered(entry) for entry in batch], np.int64)[position]
        is_later = _micros(gone["first_seen_at"]) > answered
        missing = np.bincount(position[~is_later], minlength=len(batch))
        if missing.any() and not allow_shrink:
            self._raise_shrink(batch, missing)
        return gone.filter(pa.array(is_later))

    def _raise_shrink(self, batch: list[Coverage], missing: npt.NDArray[np.int64]) -> None:
        index = int(np.flatnonzero(missing)[0])
        entry, others = batch[index], int(np.count_nonzero(missing)) - 1
        more = f" So it is for {others} further windows of the day." if others else ""
        raise SuspectShrinkError(
            f"{self._path}: {missing[index]} of the records that are landed for {entry.window} are "
            f"not among the {entry.rows} that the vendor now sends for it.{more} Nothing was "
            "changed. Ask the vendor; if they are rightly gone, run with allow_shrink."
        )

    def _count_late(self, new: pa.Table) -> None:
        """Record rows whose seconds had been landed without them by then."""
        if not new.num_rows:
            return
        times, found = times_of(new), _micros(new["extracted_at"])
        position = find_windows(times, [entry.window for entry in self._old])
        answered = np.array([_answered(entry) for entry in self._old], np.int64)[position]
        is_late = (position >= 0) & (answered <= found)
        if is_late.any():
            self._late.add(times[is_late], found[is_late])
            self.counts.late_records += int(is_late.sum())

    def _cover(self, batch: list[Coverage], times: Microseconds) -> None:
        """Say which answer the seconds of a batch are proven by: the later one."""
        entries: list[tuple[Coverage, Window]] = []
        for entry in batch:
            newer: list[tuple[Coverage, Window]] = []
            if _answered(entry) < self._last_old:
                shares = ((old, old.window.intersect(entry.window)) for old in self._old)
                newer = [
                    (old, share) for old, share in shares
                    if share and _answered(old) > _answered(entry)
                ]  # fmt: skip
            own = subtract_windows([entry.window], [share for _, share in newer])
            entries += [*newer, *((entry, share) for share in own)]
        entries.sort(key=lambda pair: pair[1])
        counts = count_in_windows(times, [share for _, share in entries])
        for (entry, share), count in zip(entries, counts, strict=True):
            self.coverage.append(entry.with_share(share, int(count)))


def _answered(entry: Coverage) -> int:
    """When an entry's answer was given, microseconds since 1970."""
    return ((entry.answered_at or entry.requested_at) - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def _micros(column: pa.ChunkedArray) -> Microseconds:
    return np.asarray(flat(column).cast(pa.int64()).to_numpy(), dtype=np.int64)


def _read(file: pq.ParquetFile, windows: list[Window]) -> pa.Table:
    return pa.concat_tables([empty_raw_table(), *rows_within(file, windows)])


def _batches(entries: list[Coverage]) -> Iterator[list[Coverage]]:
    """Entries in order, in runs that hold about one row group's rows."""
    rows = np.cumsum([entry.rows for entry in entries])
    numbered = zip(rows // ROW_GROUP_ROWS, entries, strict=True)
    for _, run in groupby(numbered, key=lambda pair: pair[0]):
        yield [entry for _, entry in run]
