"""The platform's state: its history, its clock, its faults, and what it has seen."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.faults import UNREQUESTED, FaultPlan
from miatel_simulator.history.records import History
from miatel_simulator.http.answers import Answer, build_answer
from miatel_simulator.http.journal import Journal, RequestSeen
from miatel_simulator.http.query import Query
from miatel_simulator.http.truth import Identity, Truth
from miatel_simulator.incidents import Incident


class Simulator:
    """A simulated platform, without its HTTP server.

    Args:
        config: How it behaves.
        on_request: Called with every finished request, from the thread that served it.

    Attributes:
        config: As given.
        journal: The requests it saw.
        faults: When it breaks; may be replaced at any time.
        url: Base URL of the server in front of it, set by ``serve``; empty without one.
    """

    def __init__(
        self, config: SimulatorConfig, on_request: Callable[[RequestSeen], None] | None = None
    ) -> None:
        self.config = config
        self.journal = Journal(on_request)
        self.faults = config.faults
        self.url = ""
        self._history = History(config)
        self._now = config.now
        self._bodies: OrderedDict[tuple[Query, int], Answer] = OrderedDict()
        self._bodies_lock = threading.Lock()

    def now(self) -> datetime:
        """Give the platform's time."""
        return self._now or datetime.now(UTC)

    def set_now(self, now: datetime | None) -> None:
        """Set the platform's clock to an aware time; None follows the real clock.

        Raises:
            ValueError: The time has no zone.
        """
        if now is not None and now.tzinfo is None:
            raise ValueError(f"the clock needs a time with a zone, not {now!r}")
        self._now = now

    def set_faults(self, faults: FaultPlan) -> None:
        """Replace the plan of faults; request numbers go on counting."""
        self.faults = faults

    def reset(self) -> None:
        """Forget all requests, and set clock and faults to those of the configuration."""
        self.journal.clear()
        self._now = self.config.now
        self.faults = self.config.faults

    def requests(self) -> list[RequestSeen]:
        """Give the requests seen since the start or the last reset, in order of arrival."""
        return self.journal.requests()

    def truth(self, start: datetime, end: datetime) -> pa.Table:
        """Give the records in ``[start, end)`` as they stand at the platform's time."""
        return self.truth_now().table(start, end)

    def count(self, start: datetime, end: datetime) -> int:
        """Count the records in ``[start, end)`` that the platform has received so far."""
        return self.truth_now().count(start, end)

    def count_by_day(self, start: datetime, end: datetime) -> dict[date, int]:
        """Count the records of each GMT day in ``[start, end)``, empty days included."""
        return self.truth_now().count_by_day(start, end)

    def identities(self, start: datetime, end: datetime) -> list[Identity]:
        """Give the identities of the records in ``[start, end)``."""
        return self.truth_now().identities(start, end)

    def incidents(self, start: datetime, end: datetime) -> list[Incident]:
        """Give the planted incidents that touch ``[start, end)``."""
        return [
            incident
            for incident in self.config.incidents
            if incident.start < end and (incident.end is None or incident.end > start)
        ]

    def truth_now(self) -> Truth:
        """Give the whole truth as of the platform's time."""
        return Truth(self.config, self._history, self.now())

    def answer(self, query: Query, fault: str | None = None) -> Answer:
        """Answer a good request, from memory if it was answered at the same time of the clock."""
        now = self.now()
        key = (query, int(now.timestamp()))
        with self._bodies_lock:
            if fault not in UNREQUESTED and key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        answer = build_answer(self.config, self._history, query, now, fault)
        if fault not in UNREQUESTED:
            with self._bodies_lock:
                self._bodies[key] = answer
                while len(self._bodies) > self.config.body_cache:
                    self._bodies.popitem(last=False)
        return answer
