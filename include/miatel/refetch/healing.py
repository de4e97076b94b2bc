"""Asks for gaps of the landed history, so that an outage of weeks leaves no hole.

Nothing here makes a run fail: what is asked for in vain is written down, logged, and stays a gap.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from miatel.errors import (
    ClockError,
    ConflictError,
    ErasedNumbersError,
    KeyRefusedError,
    LakeError,
    LockTimeoutError,
    LockUnusableError,
    MiatelError,
    OriginError,
    RetriableError,
    ServerBusyError,
    UnreachableError,
    WindowTooDenseError,
)
from miatel.lake.failed_gaps import FailedGap, read_failed_gaps, update_failed_gaps
from miatel.lake.lake import Lake
from miatel.lake.landed_days import LandedDays, read_landed_days
from miatel.refetch.gaps import MOST_REQUESTS, Gaps, find_gaps
from miatel.report import ExtractReport
from miatel.windows import Window, day_window, subtract_windows

log = logging.getLogger(__name__)

_NOT_THE_GAPS = (
    UnreachableError,
    ServerBusyError,
    LockTimeoutError,
    LockUnusableError,
    KeyRefusedError,
    ClockError,
    OriginError,
    ErasedNumbersError,
)
"""Failures that would meet any other gap as well: the rest waits for the next run."""

_MOST_FAILURES_IN_A_ROW = 3
"""Retriable failures, each after minutes of patience, until the rest waits for the next run."""


@dataclass
class Attempt:
    """The result of asking for some windows.

    Attributes:
        too_dense: single seconds with more records than one answer may have.
        unasked: windows that were left out because the requests of a run were used up.
        problems: of days that stayed as they were, while the others landed.
        error: what ended it early, if anything did.
    """

    too_dense: list[Window] = field(default_factory=list)
    unasked: list[Window] = field(default_factory=list)
    problems: list[MiatelError] = field(default_factory=list)
    error: MiatelError | None = None

    @property
    def failure(self) -> MiatelError | None:
        """Why something that was asked for is not landed; not for seconds that are too dense."""
        others = (e for e in self.problems if not isinstance(e, WindowTooDenseError))
        return self.error or next(others, None)


Ask = Callable[[list[Window], ExtractReport, int], Attempt]
"""Asks for windows with at most so many requests, and lands what comes."""


@dataclass(frozen=True)
class Healer:
    """Asks for the gaps before an interval, oldest first.

    Args:
        lake: the landed days.
        run_id: written beside what failed.
        now: the present, aware UTC.
        ask: asks for windows and lands them; raises nothing of this library's.
        on_progress: called with one line for a person.
    """

    lake: Lake
    run_id: str
    now: datetime
    ask: Ask
    on_progress: Callable[[str], None]

    def heal(self, until: datetime, report: ExtractReport) -> None:
        """Ask for gaps before a moment, and say what became of them.

        Args:
            until: the start of the run's interval.
            report: where to count.
        """
        try:
            landed = read_landed_days(self.lake)
            gaps = find_gaps(landed, until, read_failed_gaps(self.lake), self.now)
            self._log(gaps, landed)
            failed = self._ask_for(gaps.to_ask, report) if gaps.to_ask else []
            if gaps.to_ask:
                after = read_landed_days(self.lake)
                self._warn_of_empty_days(gaps, after, report)
                landed = after
            left = subtract_windows(gaps.missing, landed.covered)
            report.gap_seconds_left = sum(window.seconds for window in left)
        except LakeError as error:
            log.warning("gaps could not be looked for: %s", error)
            return
        report.gaps_asked = len(gaps.to_ask)
        report.gaps_failed = len(failed)
        self._write_down(failed, landed)

    def _log(self, gaps: Gaps, landed: LandedDays) -> None:
        for day, error in landed.unreadable.items():
            log.warning("%s cannot be read, so its gaps are not looked for: %s", day, error)
        for hole in gaps.too_long:
            log.warning("%s", describe_long_hole(hole))
        for gap in gaps.put_off:
            when = "reload" if gap.is_too_dense else "a week after that, or miatel_history"
            log.warning(
                "gap %s: failed at %s with %s; asked again by %s",
                gap.window, f"{gap.failed_at:%Y-%m-%dT%H:%M:%SZ}", gap.error, when,
            )  # fmt: skip
        if gaps.to_ask:
            seconds = sum(window.seconds for window in gaps.to_ask)
            self.on_progress(
                f"asking for {len(gaps.to_ask)} gaps, {seconds:,} seconds, from "
                f"{gaps.to_ask[0].start:%Y-%m-%dT%H:%M:%SZ} on"
            )

    def _ask_for(self, wanted: list[Window], report: ExtractReport) -> list[FailedGap]:
        """Ask for all at once; after a failure day by day, so that it keeps no other day out."""
        before = report.asked
        attempt = self.ask(wanted, report, MOST_REQUESTS)
        days = _by_day(wanted)
        if len(days) == 1:
            return self._failures(wanted, attempt)
        failed = [self._failure(window, _too_dense(attempt)) for window in attempt.too_dense]
        if attempt.failure is None:
            return failed
        log.warning("gaps are asked for day by day: %s", attempt.failure)
        left = self._left(wanted, attempt)
        in_a_row = 0
        for windows in _by_day(left):
            budget = MOST_REQUESTS - (report.asked - before)
            if budget <= 0 or in_a_row == _MOST_FAILURES_IN_A_ROW:
                break
            attempt = self.ask(windows, report, budget)
            failed += self._failures(windows, attempt)
            if isinstance(attempt.error, _NOT_THE_GAPS):
                break
            in_a_row = in_a_row + 1 if isinstance(attempt.error, RetriableError) else 0
        return failed

    def _failures(self, windows: list[Window], attempt: Attempt) -> list[FailedGap]:
        failed = [self._failure(window, _too_dense(attempt)) for window in attempt.too_dense]
        if attempt.failure is not None:
            left = self._left(windows, attempt)
            failed += [self._failure(window, attempt.failure) for window in left]
        return failed

    def _left(self, windows: list[Window], attempt: Attempt) -> list[Window]:
        """What of some windows is not landed, though it was asked for and could be."""
        covered = read_landed_days(self.lake, windows).covered
        unasked = [] if attempt.error else attempt.unasked
        return subtract_windows(windows, [*covered, *attempt.too_dense, *unasked])

    def _failure(self, window: Window, error: MiatelError) -> FailedGap:
        log.warning("gap %s could not be filled: %s: %s", window, type(error).__name__, error)
        return FailedGap(window, str(error), type(error).__name__, self.now, self.run_id)

    def _write_down(self, failed: list[FailedGap], landed: LandedDays) -> None:
        try:
            update_failed_gaps(self.lake, failed, landed.covered)
        except (LakeError, ConflictError) as error:
            log.warning("failed gaps could not be written down: %s", error)

    @staticmethod
    def _warn_of_empty_days(gaps: Gaps, landed: LandedDays, report: ExtractReport) -> None:
        asked = {day for window in gaps.to_ask for day in window.days()}
        with_records = [day for day, found in landed.days.items() if found.rows]
        if not with_records:
            return
        for day in sorted(asked):
            found = landed.days.get(day)
            is_covered = found is not None and found.covered == [day_window(day)]
            if is_covered and day not in with_records and with_records[0] < day < with_records[-1]:
                report.empty_days.append(day.isoformat())
        if report.empty_days:
            log.warning(
                "landed late, and without a record, between days with some: %s. The vendor may "
                "hold their records no longer: ask for an export if there was traffic",
                ", ".join(report.empty_days),
            )


def describe_long_hole(hole: Window) -> str:
    """A hole that no daily run fills, in words, with the command that does."""
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (hole.start, hole.end))
    return (
        f"nothing is landed in {hole}, {hole.length.days:,} days: too long for daily runs to fill. "
        f"This does: scripts/airflow dags test miatel_history {hole.start:%Y-%m-%d} "
        f"""-c '{{"start": "{start}", "end": "{end}"}}'"""
    )


def _too_dense(attempt: Attempt) -> MiatelError:
    return next(e for e in attempt.problems if isinstance(e, WindowTooDenseError))


def _by_day(windows: list[Window]) -> list[list[Window]]:
    """The windows' parts, grouped by GMT day, in order."""
    days: dict[date, list[Window]] = {}
    for window in windows:
        for day in window.days():
            share = window.intersect(day_window(day))
            if share is not None:
                days.setdefault(day, []).append(share)
    return [days[day] for day in sorted(days)]
