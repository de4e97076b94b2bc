"""The pipeline of one extraction: ask, read and land window after window, one request in flight.

While one answer is on its way, the one before is read and written by a second thread; never more
than two answers are held.
"""

from __future__ import annotations

import logging
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
from miatel.memory import release_memory
from miatel.parsing.header_checks import check_headers
from miatel.parsing.reader import read_answer
from miatel.parsing.records import Records
from miatel.planning.forecast import Seconds
from miatel.planning.halving import Halving
from miatel.planning.planner import WindowPlanner
from miatel.planning.walk import walk_windows
from miatel.record_times import seconds_of
from miatel.report import ExtractReport
from miatel.unix_time import to_unix
from miatel.windows import Window

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


def extract_windows(
    client: MiatelClient,
    sink: Sink,
    planner: WindowPlanner,
    on_progress: Progress,
    report: ExtractReport | None = None,
    most_requests: int | None = None,
) -> ExtractReport:
    """Ask for every window that the planner wants; land what was accepted, whatever happens.

    Args:
        client: asks.
        sink: lands the answers.
        planner: says which windows to ask for; has those left that were not asked for.
        on_progress: called with one line a request.
        report: where to count, also when the walk fails; None for a new one.
        most_requests: windows to ask for at most; None for all. Retries of one are not counted.
    """
    pipeline = _Pipeline(client, sink, planner, on_progress, report or ExtractReport())
    pipeline.run(most_requests)
    sink.finish_days([])
    if planner.too_dense:
        seconds = ", ".join(f"{window.start:%Y-%m-%dT%H:%M:%SZ}" for window in planner.too_dense)
        raise WindowTooDenseError(
            f"{len(planner.too_dense)} single second(s) hold {planner.cap:,} records or more, the "
            f"most that one answer may have: {seconds}. All around is landed; ask the vendor for "
            "these seconds."
        )
    return pipeline.report


@dataclass(frozen=True)
class _Parsed:
    """What planning needs of an answer that was parsed.

    Attributes:
        is_truncated: it has as many records as an answer may have, so it was not landed.
        times: its records' times, seconds since 1970.
        names_left_out: entries among its geo names that could not be read.
        more: the error that says that there is more than it holds, so it was not landed.
    """

    is_truncated: bool
    times: Seconds
    names_left_out: int = 0
    more: IncompleteAnswerError | None = None


@dataclass(frozen=True)
class _Pending:
    """An answer that is being parsed.

    Attributes:
        window: what was asked for.
        seconds: from sending the request to the last byte.
        parsing: the second thread's result.
    """

    window: Window
    seconds: float
    parsing: Future[_Parsed]


class _Pipeline:
    """An `Asker` whose requests overlap with the parsing of the answer before."""

    def __init__(
        self,
        client: MiatelClient,
        sink: Sink,
        planner: WindowPlanner,
        on_progress: Progress,
        report: ExtractReport,
    ) -> None:
        self.report = report
        self._client = client
        self._sink = sink
        self._planner = planner
        self._on_progress = on_progress
        self._pending: _Pending | None = None
        self._retries: dict[Window, Retries] = {}
        self._halving = Halving()
        self._total = sum(window.seconds for window in planner.left)
        self._second_thread = ThreadPoolExecutor(1, thread_name_prefix="miatel-reader")

    def run(self, most_requests: int | None) -> None:
        """Ask until nothing is left; what was accepted before a failure is landed."""
        try:
            with self._second_thread:
                self._ask_all(most_requests)
        except BaseException:
            self._quietly(lambda: self._sink.finish_days([]))
            raise

    def _ask_all(self, most_requests: int | None) -> None:
        try:
            walk_windows(self._planner, self, most_requests)
        except BaseException:
            # What is in parsing is landed on the way out; nothing is asked or waited for again.
            if self._pending is not None:
                self._quietly(self._pending.parsing.result)
            raise

    def ask(self, window: Window) -> int | None:
        """Ask for a window while the answer before is parsed; then have this one parsed.

        The body is left to the second thread alone, so that it is gone when the next one comes.

        Returns:
            As `Asker.ask`.
        """
        self.report.asked += 1
        answer = self._client.fetch(window, on_refused=self._refuse)
        self.report.count_request(len(answer.body))
        self.finish_parsing()
        parsing = self._second_thread.submit(self._parse_and_land, answer, self._planner.left)
        self._pending = _Pending(window, answer.seconds, parsing)
        return None if self._halving.is_first_half(window) else answer.records_seen

    def _parse_and_land(self, answer: Answer, left: list[Window]) -> _Parsed:
        """Parse an answer and hand it to the sink; runs in the second thread.

        Args:
            answer: a complete body.
            left: what is still to be asked for once this answer is accepted.
        """
        asked = f"asked for {answer.window}"
        check_stable(answer.window, answer.answered_at, answer.clock)
        release_memory()  # what a growing body left free
        try:
            with self._client.redacted_errors():
                try:
                    records = self._read(answer, asked)
                except IncompleteAnswerError as error:
                    return self._incomplete(answer.window, error)
                counts = LandingCounts()
                rows = rows_of(records.table, answer.window, answer.answered_at, asked, counts)
        except MiatelError as error:
            self._refuse(Refused(answer.window, answer.body, answer.requested_at, error))
            raise
        # As they came: a record sent twice must not make a truncated answer look complete.
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
        parsed = _Parsed(is_truncated, seconds_of(rows), records.names_left_out)
        del records, rows
        release_memory()
        return parsed

    def _incomplete(self, window: Window, error: IncompleteAnswerError) -> _Parsed:
        """The result for an answer that says that there is more.

        Raises:
            MiatelError: asking for less cannot help.
        """
        seconds = [to_unix(time) for time in error.times]
        if len(seconds) == error.held >= self._planner.cap:
            return _Parsed(is_truncated=True, times=np.array(seconds, np.int64))  # known anyway
        self._halving.judge(window, error)
        return _Parsed(is_truncated=False, times=np.empty(0, np.int64), more=error)

    def _read(self, answer: Answer, asked: str) -> Records:
        """Read an answer that neither its body nor its headers say to be a part."""
        records = read_answer(answer.body, asked, self._client.form, answer.window)
        times = records.table[TIME_FIELD]
        check_headers(answer.headers, times, asked, self._client.form.not_counts)
        return records

    def _refuse(self, refused: Refused) -> None:
        self._sink.refuse(refused, self._client.redact)

    def finish_parsing(self) -> bool:
        """Wait for the answer that is being parsed, if any, and report it to the planner."""
        if self._pending is None:
            return False
        pending, self._pending = self._pending, None
        try:
            parsed = pending.parsing.result()
        except RetriableError as error:
            self._ask_again(pending.window, error)
        else:
            self._conclude(pending, parsed)
        return True

    def _conclude(self, pending: _Pending, parsed: _Parsed) -> None:
        """Report to the planner, and count, what an answer holds."""
        if parsed.more is not None:
            self._ask_halves(pending, parsed.more)
            return
        count = len(parsed.times)
        self._count_names(parsed.names_left_out)
        if parsed.is_truncated:
            self._planner.split(pending.window, parsed.times)
            self.report.count_discarded(count)
            self._say(pending, "records: as many as the cap, so truncated: split", count)
        else:
            self._planner.accept(pending.window, parsed.times)
            self.report.count_landed(count)
            self._say(pending, "records", count)

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
        """On the way out a second failure is logged, but must not hide the first."""
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
