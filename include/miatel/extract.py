"""What a caller may want: a whole range landed, a scheduled interval, or a table in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from miatel.client import MiatelClient
from miatel.clocks import stable_until
from miatel.erased_numbers import read_erased_numbers
from miatel.errors import BadPeriodError, SuspectShrinkError
from miatel.lake import Lake
from miatel.landing import LakeSink, TableSink
from miatel.limits import DEFAULT_LOOKBACK_HOURS, MAX_RECORDS, SETTLE
from miatel.origin import check_origin
from miatel.past import past_traffic
from miatel.planner import WindowPlanner
from miatel.receipts import count_open_receipts, find_receipt_windows
from miatel.report import ExtractReport
from miatel.schema import empty_raw_table
from miatel.walk import Progress, walk
from miatel.windows import Window, day_window, merge_windows, subtract_windows

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Extraction:
    """Lands what a client is told by the API.

    Args:
        client: asks the API.
        lake: where to land.
        run_id: written into the coverage.
        clock: gives the present, aware UTC.
        cap: records at which an answer counts as truncated.
        allow_shrink: also land where the vendor now sends fewer records than are landed.
        on_progress: takes one line a request.
    """

    client: MiatelClient
    lake: Lake
    run_id: str
    clock: Clock
    cap: int = MAX_RECORDS
    allow_shrink: bool = False
    on_progress: Progress = log.info

    def land_range(self, start: datetime, end: datetime, *, reload: bool = False) -> ExtractReport:
        """Land every second of a period that is not landed yet.

        Args:
            start: first second, aware UTC.
            end: the second after the last, aware UTC; what has not happened yet is left out.
            reload: also ask for what is landed.

        Returns:
            What was done; zero requests when all was landed already.

        Raises:
            MiatelError: what stopped it; all that was accepted before is landed.
        """
        wanted = settled_part(Window(start, end), self.client, self.clock, self.on_progress)
        left = [wanted]
        if not reload:
            left = subtract_windows(left, landed_windows(self.lake, wanted))
            skipped = wanted.seconds - sum(window.seconds for window in left)
            if skipped:
                self.on_progress(
                    f"{skipped:,} of {wanted.seconds:,} seconds are landed already: skipped"
                )
        return self._land(left)

    def land_interval(
        self,
        start: datetime,
        end: datetime,
        *,
        lookback_hours: int = DEFAULT_LOOKBACK_HOURS,
    ) -> ExtractReport:
        """Land a scheduled interval, and what the lookback before it still lacks.

        Of the lookback it asks for gaps between landed seconds, and for the windows that hold
        messages without a final receipt; all else is left alone.

        Args:
            start: first second of the data interval, aware UTC.
            end: the second after its last, aware UTC.
            lookback_hours: how long before `start` receipts are still asked for, hours.

        Returns:
            What was done, and how many messages still wait for a receipt.

        Raises:
            MiatelError: what stopped it; all that was accepted before is landed.
        """
        wanted = settled_part(Window(start, end), self.client, self.clock, self.on_progress)
        since = start - timedelta(hours=lookback_hours)
        again: list[Window] = []
        if lookback_hours:
            lookback = Window(since, start)
            waiting = find_receipt_windows(self.lake, lookback)
            gaps = _gaps(self.lake, lookback)
            self.on_progress(
                f"lookback of {lookback_hours} h: {len(waiting)} windows with open receipts, "
                f"{len(gaps)} gaps"
            )
            again = [*waiting, *gaps]
        report = self._land([*again, wanted])
        report.open_receipts = count_open_receipts(self.lake, Window(since, wanted.end))
        report.expired_receipts = count_open_receipts(
            self.lake, Window(since - wanted.length, since)
        )
        return report

    def _land(self, wanted: list[Window]) -> ExtractReport:
        read_erased_numbers(self.lake)  # before anything is asked for, whether it can be honoured
        origin = check_origin(self.lake, self.client.account, self.clock())
        traffic = past_traffic(self.lake, wanted) if wanted else None
        planner = WindowPlanner(wanted, cap=self.cap, traffic=traffic)
        sink = LakeSink(self.lake, self.run_id, self.allow_shrink, origin.name, origin.claim)
        report = walk(self.client, sink, planner, self.on_progress)
        report.clock_notes = list(self.client.clocks.notes)
        if sink.suspects:
            # Raised last, so that one suspect day does not keep all the others from landing.
            raise SuspectShrinkError(" ".join(map(str, sink.suspects)))
        report.days = [day.isoformat() for day in sorted(set(sink.landed_days))]
        return report


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
    wanted = settled_part(Window(start, end), client, clock, on_progress)
    sink = TableSink()
    walk(client, sink, WindowPlanner([wanted]), on_progress)
    return pa.concat_tables([empty_raw_table(), *sink.tables])


def landed_windows(lake: Lake, period: Window) -> list[Window]:
    """The seconds of a period's days that are landed, as disjoint windows in order.

    A retired day counts as a whole: what it lacked is not asked for any more.

    Raises:
        LakeError: a day's file cannot be read.
    """
    days = [day for day in lake.days() if day_window(day).intersect(period)]
    return merge_windows(window for day in days for window in lake.settled_windows(day))


def settled_part(
    wanted: Window, client: MiatelClient, clock: Clock, on_progress: Progress
) -> Window:
    """The part of a period for which an answer is proof; waits where that takes a moment.

    Raises:
        BadPeriodError: the period has not happened yet.
    """
    now = clock()
    stable = stable_until(now, client.clocks.server_now(now))
    missing = (wanted.end - stable).total_seconds()
    if missing <= 0:
        return wanted
    if missing <= SETTLE.total_seconds():
        on_progress(f"waiting {missing:.0f} s until the period's last second has settled")
        client.sleep(missing)
        return wanted
    if stable <= wanted.start:
        raise BadPeriodError(
            f"the period {wanted} has not happened yet; it is {now:%Y-%m-%dT%H:%M:%SZ} GMT"
        )
    on_progress(f"the period ends in the future: asking up to {stable:%Y-%m-%dT%H:%M:%SZ}")
    return Window(wanted.start, stable)


def _gaps(lake: Lake, lookback: Window) -> list[Window]:
    """Seconds of the lookback that are not landed, after the first that ever was."""
    days = lake.days()
    if not days:
        return []
    since = max(lake.coverage(days[0])[0].window.start, lookback.start)
    if since >= lookback.end:
        return []
    period = Window(since, lookback.end)
    return subtract_windows([period], landed_windows(lake, period))
