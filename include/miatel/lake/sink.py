"""Where accepted answers go: checked, split into days, landed a whole day at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import pyarrow as pa

from miatel.answers import Clock, Refused
from miatel.errors import DamagedFileError, LakeError, RecordOutsideWindowError, SuspectShrinkError
from miatel.identity.deduplication import key_rows, sort_by_time
from miatel.identity.landing_counts import LandingCounts, count_sharing_id, count_without_id
from miatel.identity.seen_times import add_seen_times
from miatel.lake.coverage import Coverage
from miatel.lake.day_file import DayFile
from miatel.lake.lake import Lake
from miatel.lake.networks import Networks
from miatel.lake.quarantine import quarantine_answer
from miatel.lake.rewriting import Change
from miatel.record_times import find_windows, slice_within, times_of
from miatel.schema import UTC_MICROSECONDS
from miatel.windows import Window, day_window

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Accepted:
    """A whole answer's rows and where they came from.

    Attributes:
        window: what was asked for.
        rows: raw schema, sorted, each record once, all within `window`.
        names: geo names by MCC/MNC number.
        body_sha256: of the answer's body, 64 hex digits.
        requested_at: when the request was sent, aware UTC.
        answered_at: when the answer was given, aware UTC; None for `requested_at`.
        clock: whose clock `answered_at` is of.
        counts: what was found of the identities of its records.
    """

    window: Window
    rows: pa.Table
    names: dict[int, str]
    body_sha256: str
    requested_at: datetime
    answered_at: datetime | None = None
    clock: Clock = "own"
    counts: LandingCounts = field(default_factory=LandingCounts)


class Sink(Protocol):
    """A receiver of accepted answers, in the order in which they were accepted."""

    def add(self, answer: Accepted) -> None:
        """Receive one answer."""

    def finish_days(self, left: list[Window]) -> None:
        """Land each day of which nothing is left to be asked for."""

    def refuse(self, refused: Refused, redact: Callable[[str], str]) -> None:
        """Record an answer of which nothing is landed."""


def rows_of(
    records: pa.Table,
    window: Window,
    seen_at: datetime,
    asked: str,
    counts: LandingCounts | None = None,
) -> pa.Table:
    """An answer's records as the rows to land.

    Args:
        records: as read: columns of `ANSWER_SCHEMA`.
        window: what was asked for.
        seen_at: when the answer was given, aware UTC.
        asked: what was asked, for the messages.
        counts: what is found of the records' identities is added to it, if given.

    Returns:
        Raw schema, sorted, each record once.

    Raises:
        RecordOutsideWindowError: a record was not asked for.
    """
    strays = int((find_windows(times_of(records), [window]) < 0).sum())
    if strays:
        raise RecordOutsideWindowError(
            f"{asked}: {strays} of {records.num_rows} records lie outside of the window. Nothing "
            "of the answer was landed. Times are GMT on both sides: ask the vendor."
        )
    moment = pa.repeat(pa.scalar(seen_at, UTC_MICROSECONDS), records.num_rows)
    # Sorted first, since most answers need no other order once they have their keys and times.
    rows = key_rows(add_seen_times(sort_by_time(records), moment), counts)
    if counts is not None:
        counts.records_sharing_id += count_sharing_id(rows)
        counts.records_without_id += count_without_id(rows)
    return rows


@dataclass
class LakeSink:
    """Lands accepted answers as one file a GMT day.

    Args:
        lake: where to.
        run_id: written into each day's footer.
        allow_shrink: also where the vendor no longer sends records that are landed.
        origin: name of the account, written into the coverage.
        before_landing: called before anything is written; raises where nothing may be landed.
        reload: days were asked for by name, retired and damaged ones too.
        find_clearing: gives what clears rows of what must not be kept, if there is such.

    Attributes:
        landed_days: the days whose file was replaced, in order of landing.
        suspects: the days that were left as before because landed records did not come again.
        counts: what was found of the identities of the records that were landed.
        damaged: the days that were left as before because their file is not as it was written.
    """

    lake: Lake
    run_id: str
    allow_shrink: bool = False
    origin: str | None = None
    before_landing: Callable[[], None] | None = None
    reload: bool = False
    find_clearing: Callable[[], Change | None] = lambda: None
    landed_days: list[date] = field(default_factory=list)
    suspects: list[SuspectShrinkError] = field(default_factory=list)
    counts: LandingCounts = field(default_factory=LandingCounts)
    damaged: list[DamagedFileError] = field(default_factory=list)
    _open: dict[date, DayFile] = field(default_factory=dict)
    _networks: Networks | None = None

    def add(self, answer: Accepted) -> None:
        """Keep an answer's rows in the scratch files of their days, and land its geo names.

        Raises:
            LakeError: they could not be written.
        """
        if self.before_landing is not None:
            self.before_landing()
            self.before_landing = None
        self.counts.add(answer.counts)
        times = times_of(answer.rows)
        for day in answer.window.days():
            share = answer.window.intersect(day_window(day))
            assert share is not None  # noqa: S101  a window touches the days that it names
            rows = slice_within(answer.rows, times, share)
            coverage = Coverage(
                window=share,
                rows=rows.num_rows,
                body_sha256=answer.body_sha256,
                requested_at=answer.requested_at,
                run_id=self.run_id,
                request=answer.window,
                request_rows=answer.rows.num_rows,
                answered_at=answer.answered_at,
                clock=answer.clock,
                origin=self.origin,
            )
            if day not in self._open:
                self._open[day] = DayFile(self.lake, day)
            self._open[day].add(rows, coverage)
        if answer.names:
            if self._networks is None:
                self._networks = Networks(self.lake)
            self._networks.add(answer.names, answer.requested_at)

    def finish_days(self, left: list[Window]) -> None:
        """Land each open day of which nothing is left to be asked for.

        Raises:
            LakeError: a day could not be written; the others are landed.
        """
        touched = [day for day in self._open if not any(w.intersect(day_window(day)) for w in left)]
        failures: list[Exception] = []
        for day in sorted(touched):
            try:
                file = self._open.pop(day)
                counts = file.land(
                    allow_shrink=self.allow_shrink,
                    reload=self.reload,
                    find_clearing=self.find_clearing,
                )
                self.counts.add(counts)
            except SuspectShrinkError as error:
                log.warning("%s", error)  # also where another error ends the run
                self.suspects.append(error)
            except DamagedFileError as error:
                log.warning("%s", error)
                self.damaged.append(error)
            except Exception as error:  # noqa: BLE001  raised below, once the other days are safe
                failures.append(error)
            else:
                self.landed_days.append(day)
        if failures:
            raise failures[0]

    def refuse(self, refused: Refused, redact: Callable[[str], str]) -> None:
        """Quarantine the form of a refused answer below the lake, for a developer."""
        kind = type(refused.error).__name__
        try:
            path = quarantine_answer(self.lake, refused, redact)
        except LakeError as error:  # the refusal itself is what the caller has to hear of
            log.warning("%s: its form could not be kept: %s", kind, error)
        else:
            log.warning("%s: its form is kept in %s", kind, path)


@dataclass
class TableSink:
    """Collects accepted answers in memory, for a notebook."""

    tables: list[pa.Table] = field(default_factory=list)

    def add(self, answer: Accepted) -> None:
        """Keep an answer's rows."""
        self.tables.append(answer.rows)

    def finish_days(self, left: list[Window]) -> None:
        """Nothing to land."""

    def refuse(self, refused: Refused, redact: Callable[[str], str]) -> None:
        """Do nothing: in memory nothing is quarantined; the error says what came."""
