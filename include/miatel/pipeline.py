"""One walk through what a planner wants: ask, read, hand over, with one request in flight.

While one answer is on its way, the one before is read and written by a second thread; never more
than two answers are held.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from miatel.answers import Answer, Refused
from miatel.api.clocks import check_stable
from miatel.api.retry import Retries
from miatel.api.statistics import MiatelClient
from miatel.errors import (
    IncompleteAnswerError,
    MiatelError,
    RetriableError,
    WindowTooDenseError,
)
from miatel.identity.landing_counts import LandingCounts
from miatel.lake.sink import Accepted, Sink, rows_of
from miatel.limits import TIME_FIELD
from miatel.memory import give_back
from miatel.parsing.header_checks import check_headers
from miatel.parsing.reader import read_answer
from miatel.parsing.records import Records
from miatel.planning.forecast import Seconds
from miatel.planning.halving import Halving
from miatel.planning.planner import WindowPlanner
from miatel.record_times import seconds_of
from miatel.report import ExtractReport
from miatel.unix_time import to_unix
from miatel.windows import Window

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


def walk(
    client: MiatelClient,
    sink: Sink,
    planner: WindowPlanner,
    on_progress: Progress,
    report: ExtractReport | None = None,
    most_requests: int | None = None,
) -> ExtractReport:
    """Ask for all that the planner wants; land what was accepted, whatever happens.

    Args:
        client: asks.
        sink: takes the answers.
        planner: says which windows to ask for; has those left that were not asked for.
        on_progress: takes one line a request.
        report: takes the counts, also when the walk fails; None for a new one.
        most_requests: windows to ask for at most; None for all. Retries of one are not counted.
    """
    run = _Walk(client, sink, planner, on_progress, report or ExtractReport())
    if most_requests is not None:
        run.requests_left = most_requests
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="miatel-reader") as pool:
            run.ask_all(pool)
    except BaseException:
        run.land_rest()
        raise
    sink.finish_days([])
    if planner.too_dense:
        seconds = ", ".join(f"{window.start:%Y-%m-%dT%H:%M:%SZ}" for window in planner.too_dense)
        raise WindowTooDenseError(
            f"{len(planner.too_dense)} single second(s) hold {planner.cap:,} records or more, the "
            f"most that one answer may have: {seconds}. All around is landed; ask the vendor for "
            "these seconds."
        )
    return run.report


@dataclass(frozen=True)
class _Taken:
    """What the main thread has to know of an answer that was read.

    Attributes:
        is_truncated: it has as many records as an answer may have, so it was not landed.
        times: its records' times, seconds since 1970.
        names_left_out: entries among its geo names that could not be read.
        more: what says that there is more than it holds, so it was not landed.
    """

    is_truncated: bool
    times: Seconds
    names_left_out: int = 0
    more: IncompleteAnswerError | None = None


@dataclass(frozen=True)
class _Pending:
    """An answer in reading.

    Attributes:
        window: what was asked for.
        seconds: from sending the request to the last byte.
        taken: what the reader makes of it.
    """

    window: Window
    seconds: float
    taken: Future[_Taken]


class _Walk:
    """The request of a window overlaps with the reading of the one before."""

    def __init__(
        self,
        client: MiatelClient,
        sink: Sink,
        planner: WindowPlanner,
        on_progress: Progress,
        report: ExtractReport,
    ) -> None:
        self.report = report
        self.requests_left: float = math.inf
        self._client = client
        self._sink = sink
        self._planner = planner
        self._on_progress = on_progress
        self._pending: _Pending | None = None
        self._retries: dict[Window, Retries] = {}
        self._halving = Halving()
        self._total = sum(window.seconds for window in planner.left)

    def ask_all(self, pool: ThreadPoolExecutor) -> None:
        """Ask until nothing is left."""
        try:
            while True:
                window = self._planner.take_next() if self.requests_left > 0 else None
                if window is None:
                    if self._pending is None:
                        return
                    self._settle()
                    continue
                seen = self._ask(window, pool)
                if seen >= self._planner.cap or self._halving.is_first_half(window):
                    self._settle()
                else:
                    self._planner.expect(window, seen)
        except BaseException:
            # What the reader has is landed on the way out; nothing is asked or waited for again.
            if self._pending is not None:
                self._quietly(self._pending.taken.result)
            raise

    def _ask(self, window: Window, pool: ThreadPoolExecutor) -> int:
        """Ask for a window while the answer before is read; then have this one read.

        Returns:
            How many records the answer seems to hold. Its body is the reader's alone, so that it is
            gone when the next one comes.
        """
        self.requests_left -= 1
        self.report.asked += 1
        answer = self._client.fetch(window, on_refused=self._refuse)
        self.report.count_request(len(answer.body))
        self._settle()
        taken = pool.submit(self._take, answer, self._planner.left)
        self._pending = _Pending(window, answer.seconds, taken)
        return answer.records_seen

    def land_rest(self) -> None:
        """On the way out after a failure: what was accepted before it is landed."""
        self._quietly(lambda: self._sink.finish_days([]))

    def _take(self, answer: Answer, left: list[Window]) -> _Taken:
        """Read an answer and hand it to the sink; in the second thread.

        Args:
            answer: a whole body.
            left: what is still to be asked for once this answer is accepted.
        """
        asked = f"asked for {answer.window}"
        check_stable(answer.window, answer.answered_at, answer.clock)
        give_back()  # what a growing body left free
        try:
            with self._client.redacted_errors():
                try:
                    records = self._read(answer, asked)
                except IncompleteAnswerError as error:
                    return self._part(answer.window, error)
                counts = LandingCounts()
                rows = rows_of(records.table, answer.window, answer.answered_at, asked, counts)
        except MiatelError as error:
            self._refuse(Refused(answer.window, answer.body, answer.requested_at, error))
            raise
        # As they came: a record sent twice must not make a truncated answer look whole.
        is_truncated = records.table.num_rows >= self._planner.cap
        if not is_truncated:
            self._sink.add(
                Accepted(
                    answer.window,
                    rows,
                    records.names,
                    answer.body_sha256,
                    answer.requested_at,
                    answer.answered_at,
                    answer.clock,
                    counts,
                )
            )
            self._sink.finish_days(left)
        taken = _Taken(is_truncated, seconds_of(rows), records.names_left_out)
        del records, rows
        give_back()
        return taken

    def _part(self, window: Window, error: IncompleteAnswerError) -> _Taken:
        """What to make of an answer that says that there is more.

        Raises:
            MiatelError: asking for less cannot help.
        """
        seconds = [to_unix(time) for time in error.times]
        if len(seconds) == error.held >= self._planner.cap:
            return _Taken(is_truncated=True, times=np.array(seconds, np.int64))  # known anyway
        self._halving.judge(window, error)
        return _Taken(is_truncated=False, times=np.empty(0, np.int64), more=error)

    def _read(self, answer: Answer, asked: str) -> Records:
        """Read an answer that neither its body nor its headers say to be a part."""
        records = read_answer(answer.body, asked, self._client.form, answer.window)
        times = records.table[TIME_FIELD]
        check_headers(answer.headers, times, asked, self._client.form.not_counts)
        return records

    def _refuse(self, refused: Refused) -> None:
        self._sink.refuse(refused, self._client.redact)

    def _settle(self) -> None:
        """Wait for the answer in reading, and draw the conclusions."""
        if self._pending is None:
            return
        pending, self._pending = self._pending, None
        try:
            taken = pending.taken.result()
        except RetriableError as error:
            self._ask_again(pending.window, error)
            return
        if taken.more is not None:
            self._ask_halves(pending, taken.more)
            return
        self._count_names(taken.names_left_out)
        if taken.is_truncated:
            self._planner.split(pending.window, taken.times)
            self.report.count_discarded(len(taken.times))
            self._say(pending, "records: as many as the cap, so truncated: split", len(taken.times))
            return
        self._planner.accept(pending.window, taken.times)
        self.report.count_landed(len(taken.times))
        self._say(pending, "records", len(taken.times))

    def _ask_halves(self, pending: _Pending, more: IncompleteAnswerError) -> None:
        """The answer says that there is more: ask for the halves of its window, next."""
        first, second = self._halving.split(pending.window, more)
        self._planner.put_back(second)
        self._planner.put_back(first)
        self.report.count_discarded(more.held)
        log.warning("%s", more)
        self._say(pending, "records: the answer says that there is more: split", more.held)

    def _count_names(self, left_out: int) -> None:
        if left_out:
            self.report.names_left_out += left_out
            log.warning("%d geo name(s) of an answer cannot be read, and were left out", left_out)

    @staticmethod
    def _quietly(action: Callable[[], Any]) -> None:
        """On the way out a second failure is told, but must not hide the first."""
        try:
            action()
        except Exception as error:  # noqa: BLE001  the first failure is the one to raise
            log.warning("while stopping: %s: %s", type(error).__name__, error)

    def _ask_again(self, window: Window, error: RetriableError) -> None:
        self._retries.setdefault(window, self._client.new_retries()).wait_after(error)
        self._planner.put_back(window)

    def _say(self, pending: _Pending, what: str, count: int) -> None:
        number = self.report.windows + self.report.splits
        left = sum(window.seconds for window in self._planner.left)
        done = 1 - left / self._total if self._total else 1.0
        self._on_progress(
            f"request {number}: {pending.window} → {count:,} {what} "
            f"({pending.seconds:.1f} s, {done:.0%} of the period asked)"
        )
