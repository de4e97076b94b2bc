"""Extractions: land a period, land a scheduled interval, or read a table into memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from miatel.api.stable_period import stable_part
from miatel.api.statistics import MiatelClient
from miatel.errors import (
    ConflictError,
    LakeError,
    MiatelError,
    NewerFormatError,
    WindowTooDenseError,
)
from miatel.history import past_traffic
from miatel.lake.failed_gaps import read_failed_gaps, update_failed_gaps
from miatel.lake.lake import Lake
from miatel.lake.landed_days import read_landed_days
from miatel.lake.origin import check_origin
from miatel.lake.rewriting import Change
from miatel.lake.sink import LakeSink, TableSink
from miatel.lake.upgrade import upgrade_lake
from miatel.limits import DEFAULT_LOOKBACK_HOURS, MAX_RECORDS
from miatel.pipeline import Progress, extract_windows
from miatel.planning.planner import WindowPlanner
from miatel.privacy.erased_numbers import clearing_of
from miatel.privacy.recipient_key import RecipientKey
from miatel.refetch.healing import Attempt, Healer
from miatel.refetch.lookback import find_days_again, windows_before
from miatel.refetch.receipts import WaitingDays, count_waiting
from miatel.report import ExtractReport
from miatel.schema import empty_raw_table
from miatel.windows import Window, day_window, subtract_windows

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Extraction:
    """Lands the answers of one account in a lake.

    Args:
        client: asks the API.
        lake: where to land.
        run_id: written into the coverage.
        clock: gives the present, aware UTC.
        cap: records at which an answer counts as truncated.
        allow_shrink: also land where the vendor now sends fewer records than are landed.
        on_progress: called with one line a request.
        recipient_key: needed where numbers were erased, so that they stay so.
    """

    client: MiatelClient
    lake: Lake
    run_id: str
    clock: Clock
    cap: int = MAX_RECORDS
    allow_shrink: bool = False
    on_progress: Progress = log.info
    recipient_key: RecipientKey | None = None

    def land_range(self, start: datetime, end: datetime, *, reload: bool = False) -> ExtractReport:
        """Land every second of a period that is not landed yet.

        Args:
            start: first second, aware UTC.
            end: the second after the last, aware UTC; what has not happened yet is left out.
            reload: also ask for what is landed, for retired days, and for single seconds that hold
                more records than one answer may.

        Returns:
            What was done; zero requests when all was landed already.

        Raises:
            MiatelError: what stopped it, or a day that cannot be read; all that was accepted is
                landed.
        """
        wanted = stable_part(Window(start, end), self.client, self.clock(), self.on_progress)
        self._prepare()
        left, problems = [wanted], list[MiatelError]()
        if not reload:
            left, problems = self._not_landed(wanted)
        report = ExtractReport()
        attempt = self._ask(left, report, reload=reload)
        self._forget_healed([wanted])
        _raise_problems(attempt, problems)
        return report

    def land_interval(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback_hours: int = DEFAULT_LOOKBACK_HOURS,
    ) -> ExtractReport:
        """Land a scheduled interval, then what days before it still lack.

        First the interval. Then complete days again: the day before, where records may have come
        late, and the days of the lookback with messages that wait for a receipt or lack a price.
        Then gaps since the first landed second, oldest first.

        Args:
            start: first second of the data interval, aware UTC.
            end: the second after its last, aware UTC.
            lookback_hours: how long before `start` receipts and prices are still asked for, hours.

        Returns:
            What was done, and what still waits.

        Raises:
            MiatelError: what stopped it; all that was accepted before is landed. A gap's failure is
                written down instead.
        """
        interval = Window(start, end)
        wanted = stable_part(interval, self.client, self.clock(), self.on_progress)
        self._prepare()
        report, problems = ExtractReport(), list[MiatelError]()
        attempt = self._ask([wanted], report)
        if attempt.error is None:
            problems += attempt.problems
            again, unreadable = self._find_lookback(interval, lookback_hours, report)
            attempt = self._ask(again, report)
            problems += unreadable
        if attempt.error is None:
            heal = Healer(self.lake, self.run_id, self.clock(), self._ask, self.on_progress)
            heal.heal(start, report)
        _raise_problems(attempt, problems)
        self._count_waiting(wanted, lookback_hours, report)
        return report

    def _prepare(self) -> None:
        """What must be right before anything is asked for."""
        check_origin(self.lake, self.client.account, self.clock())
        self._find_clearing()  # whether the list of erased numbers can be honoured
        upgrade_lake(self.lake, self.clock(), self.on_progress)

    def _find_clearing(self) -> Change | None:
        return clearing_of(self.lake, self.recipient_key)

    def _not_landed(self, wanted: Window) -> tuple[list[Window], list[MiatelError]]:
        """The seconds of a period to ask for, and the days that cannot be read."""
        landed = read_landed_days(self.lake, [wanted])
        too_dense = [gap.window for gap in read_failed_gaps(self.lake) if gap.is_too_dense]
        too_dense = [window for window in too_dense if window.intersect(wanted)]
        unreadable = [day_window(day) for day in landed.unreadable]
        left = subtract_windows([wanted], [*landed.covered, *too_dense, *unreadable])
        skipped = wanted.seconds - sum(window.seconds for window in left)
        if skipped:
            self.on_progress(
                f"{skipped:,} of {wanted.seconds:,} seconds are landed already: skipped"
            )
        if too_dense:
            log.warning(
                "%d single second(s) hold more records than one answer may: %s. Only reload asks "
                "for them again", len(too_dense), ", ".join(map(str, too_dense)),
            )  # fmt: skip
        return left, [_explain_unreadable(*item) for item in landed.unreadable.items()]

    def _find_lookback(
        self, interval: Window, lookback_hours: int, report: ExtractReport
    ) -> tuple[list[Window], list[MiatelError]]:
        """The landed days to ask for again, and those that cannot be read."""
        period = _lookback(interval, lookback_hours)
        day_before = day_window(interval.start.date() - timedelta(days=1))
        landed = read_landed_days(self.lake, [day_before])
        waiting = count_waiting(self.lake, period) if period else WaitingDays()
        days = find_days_again(landed, waiting, interval)
        report.days_asked = {day.isoformat(): why for day, why in days.items()}
        listed = ", ".join(f"{day} ({why})" for day, why in days.items())
        self.on_progress(f"landed days before that are asked for again: {listed or 'none'}")
        again = windows_before(days, interval)
        unreadable = landed.unreadable | waiting.unreadable
        return again, [_explain_unreadable(*item) for item in sorted(unreadable.items())]

    def _count_waiting(self, wanted: Window, lookback_hours: int, report: ExtractReport) -> None:
        since = wanted.start - timedelta(hours=lookback_hours)
        waiting = count_waiting(self.lake, Window(since, wanted.end))
        report.open_receipts = waiting.open_receipts
        report.missing_prices = waiting.missing_prices
        expired = count_waiting(self.lake, Window(since - wanted.length, since))
        report.expired_receipts = expired.open_receipts

    def _ask(
        self,
        wanted: list[Window],
        report: ExtractReport,
        most_requests: int | None = None,
        *,
        reload: bool = False,
    ) -> Attempt:
        """Ask for windows and land what comes, whatever happens."""
        if not wanted:
            return Attempt()
        attempt = Attempt()
        planner = WindowPlanner(wanted, cap=self.cap)
        sink: LakeSink | None = None
        try:
            origin = check_origin(self.lake, self.client.account, self.clock())
            sink = LakeSink(
                self.lake,
                self.run_id,
                self.allow_shrink,
                origin.name,
                before_landing=origin.claim,
                reload=reload,
                find_clearing=self._find_clearing,
            )
            planner = WindowPlanner(wanted, cap=self.cap, traffic=past_traffic(self.lake, wanted))
            extract_windows(self.client, sink, planner, self.on_progress, report, most_requests)
        except WindowTooDenseError as error:
            attempt.problems.append(error)
        except MiatelError as error:
            attempt.error = error
        if sink is not None:
            attempt.problems += [*sink.suspects, *sink.damaged]
            report.count_days(sink.landed_days, sink.counts)
        attempt.too_dense, attempt.unasked = planner.too_dense, planner.left
        report.clock_notes = list(self.client.clocks.notes)
        return attempt

    def _forget_healed(self, windows: list[Window]) -> None:
        """Failed gaps that are landed by now are no longer written down as such."""
        try:
            update_failed_gaps(self.lake, [], read_landed_days(self.lake, windows).covered)
        except (LakeError, ConflictError) as error:
            # What was landed, or why not, is what the caller has to hear of.
            log.warning("failed gaps could not be written down: %s", error)


def _lookback(interval: Window, hours: int) -> Window | None:
    return Window(interval.start - timedelta(hours=hours), interval.start) if hours else None


def _explain_unreadable(day: date, error: LakeError) -> LakeError:
    """A day's error that also says what to do; of the same kind."""
    if isinstance(error, NewerFormatError):
        return error
    return type(error)(
        f"{error} {day} was left as it is, the other days are landed. To have it anew: "
        f"miatel_history over {day} with reload."
    )


def _raise_problems(attempt: Attempt, problems: list[MiatelError]) -> None:
    """Raise what stopped a run; else what kept some of it from landing, all in one."""
    if attempt.error is not None:
        raise attempt.error
    # Raised last, so that one suspect day does not keep all the others from landing.
    problems = [*problems, *attempt.problems]
    if problems:
        raise type(problems[0])(" ".join(map(str, problems)))


def read_range(
    client: MiatelClient,
    start: datetime,
    end: datetime,
    *,
    clock: Clock,
    on_progress: Progress = log.info,
) -> pa.Table:
    """All records of a period in memory, for a notebook; nothing is landed.

    Returns:
        Raw schema, sorted by time within each answer.

    Raises:
        MiatelError: what stopped it.
    """
    wanted = stable_part(Window(start, end), client, clock(), on_progress)
    sink = TableSink()
    extract_windows(client, sink, WindowPlanner([wanted]), on_progress)
    return pa.concat_tables([empty_raw_table(), *sink.tables])
