"""One walk through what a planner wants: ask, read, hand over, with one request in flight.

While one answer is on its way, the one before is read and written by a second thread; never more
than two answers are held.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from miatel.client import Answer, MiatelClient
from miatel.clocks import check_stable
from miatel.errors import MiatelError, RetriableError, WindowTooDenseError
from miatel.landing import Accepted, Sink, rows_of
from miatel.memory import give_back
from miatel.planner import WindowPlanner
from miatel.reader import read_answer
from miatel.refusals import Refused
from miatel.report import ExtractReport
from miatel.row_groups import seconds_of
from miatel.traffic import Seconds
from miatel.windows import Window

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


def walk(
    client: MiatelClient, sink: Sink, planner: WindowPlanner, on_progress: Progress
) -> ExtractReport:
    """Ask for all that the planner wants; land what was accepted, whatever happens."""
    run = _Walk(client, sink, planner, on_progress)
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
    """

    is_truncated: bool
    times: Seconds


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
        self, client: MiatelClient, sink: Sink, planner: WindowPlanner, on_progress: Progress
    ) -> None:
        self.report = ExtractReport()
        self._client = client
        self._sink = sink
        self._planner = planner
        self._on_progress = on_progress
        self._pending: _Pending | None = None
        self._failures: dict[Window, int] = {}
        self._total = sum(window.seconds for window in planner.left)

    def ask_all(self, pool: ThreadPoolExecutor) -> None:
        """Ask until nothing is left."""
        try:
            while True:
                window = self._planner.take_next()
                if window is None:
                    if self._pending is None:
                        return
                    self._settle()
                    continue
                seen = self._ask(window, pool)
                if seen >= self._planner.cap:
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
            with self._client.hiding_key():
                records = read_answer(answer.body, asked, self._client.form)
                rows = rows_of(records.table, answer.window, answer.answered_at, asked)
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
                )
            )
            self._sink.finish_days(left)
        times = seconds_of(rows)
        del records, rows
        give_back()
        return _Taken(is_truncated, times)

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
        if taken.is_truncated:
            self._planner.split(pending.window, taken.times)
            self.report.count_discarded(len(taken.times))
            self._say(pending, "records: as many as the cap, so truncated: split", len(taken.times))
            return
        self._planner.accept(pending.window, taken.times)
        self.report.count_landed(len(taken.times))
        self._say(pending, "records", len(taken.times))

    @staticmethod
    def _quietly(action: Callable[[], Any]) -> None:
        """On the way out a second failure is told, but must not hide the first."""
        try:
            action()
        except Exception as error:  # noqa: BLE001  the first failure is the one to raise
            log.warning("while stopping: %s: %s", type(error).__name__, error)

    def _ask_again(self, window: Window, error: RetriableError) -> None:
        failures = self._failures[window] = self._failures.get(window, 0) + 1
        if failures >= self._client.retry.attempts:
            raise error
        wait = self._client.retry.wait_seconds(failures, error)
        log.warning("%s (attempt %d; again in %.1f s)", error, failures, wait)
        self._client.sleep(wait)
        self._planner.put_back(window)

    def _say(self, pending: _Pending, what: str, count: int) -> None:
        number = self.report.windows + self.report.splits
        left = sum(window.seconds for window in self._planner.left)
        done = 1 - left / self._total if self._total else 1.0
        self._on_progress(
            f"request {number}: {pending.window} → {count:,} {what} "
            f"({pending.seconds:.1f} s, {done:.0%} of the period asked)"
        )
