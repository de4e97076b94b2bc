"""Which requests the platform saw, and which of them were in flight together."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestSeen:
    """One statistics request, as the platform saw it; its key is never kept.

    Args:
        number: From 1, in order of arrival.
        received_at: Monotonic seconds when it arrived.
        finished_at: Monotonic seconds just before its last byte left, or when it was given up.
        start: First second asked for, None if the request was not understood.
        end: End of the period, exclusive; None if the request was not understood.
        get_names: Whether geo names were asked for.
        status: HTTP status, None if none was sent.
        rows: Records in the answer.
        truncated: Whether there were more records than the cap.
        fault: The fault it met, see ``FAULT_KINDS``.
        refusal: Why it was refused.
        overlapped: Whether another request was in flight at any time during this one.
        client_left: Whether the client closed the connection before the answer was complete.
    """

    number: int
    received_at: float
    finished_at: float
    start: datetime | None = None
    end: datetime | None = None
    get_names: bool = False
    status: int | None = None
    rows: int = 0
    truncated: bool = False
    fault: str | None = None
    refusal: str | None = None
    overlapped: bool = False
    client_left: bool = False

    def describe(self) -> str:
        """Give the request as one line."""
        period = "no period" if self.start is None else f"[{self.start:%FT%TZ}, {self.end:%FT%TZ})"
        notes = [
            f"fault {self.fault}" if self.fault else "",
            f"refused: {self.refusal}" if self.refusal else "",
            "truncated" if self.truncated else "",
            "OVERLAPPED" if self.overlapped else "",
            "client left" if self.client_left else "",
        ]
        took = self.finished_at - self.received_at
        facts = f"#{self.number} {period} status {self.status or '-'} {self.rows} rows {took:.3f} s"
        return " ".join([facts, *(f"({note})" for note in notes if note)])


class Flight:
    """A request under way, whose facts are filled in until it is landed."""

    def __init__(self, number: int, has_client_left: Callable[[], bool]) -> None:
        self.facts = RequestSeen(number, time.monotonic(), 0.0)
        self.has_client_left = has_client_left
        self.second_in_flight = False

    def note(self, **facts: object) -> None:
        """Add facts about the request, by the names of ``RequestSeen``."""
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]


class Journal:
    """All requests since the start or the last reset; safe to use from several threads."""

    def __init__(self, on_request: Callable[[RequestSeen], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._on_request = on_request
        self._flights: dict[int, Flight] = {}
        self._seen: list[RequestSeen] = []
        self._arrived = 0

    def board(self, has_client_left: Callable[[], bool]) -> Flight:
        """Note the arrival of a request.

        Args:
            has_client_left: Whether the request's client has closed its connection; such a
                request no longer counts as in flight, even before its handler has noticed, nor one
                whose client has given up before a busy host came to handle it.
        """
        with self._lock:
            self._arrived += 1
            flight = Flight(self._arrived, has_client_left)
            others = [other for other in self._flights.values() if not other.has_client_left()]
            if others and has_client_left():
                others = []
            for other in others:
                other.note(overlapped=True)
                flight.note(overlapped=True)
                flight.second_in_flight = True
                log.warning("request %d overlaps with %d", self._arrived, other.facts.number)
            self._flights[self._arrived] = flight
            return flight

    def land(self, flight: Flight) -> None:
        """Note that a request is over: call it before the answer's last byte leaves.

        A client that has the whole answer may ask again at once, and must not be said to overlap
        with itself. Landing twice changes nothing.
        """
        with self._lock:
            if self._flights.get(flight.facts.number) is not flight:
                return
            del self._flights[flight.facts.number]
            flight.note(finished_at=time.monotonic())
            self._seen.append(flight.facts)
        if self._on_request is not None:
            self._on_request(flight.facts)

    def requests(self) -> list[RequestSeen]:
        """Give the finished requests in order of arrival."""
        with self._lock:
            return sorted(self._seen, key=lambda seen: seen.number)

    def clear(self) -> None:
        """Forget everything; numbers begin at 1 again."""
        with self._lock:
            self._flights.clear()
            self._seen.clear()
            self._arrived = 0


def max_in_flight(requests: Iterable[RequestSeen]) -> int:
    """Give the greatest number of requests that were under way at the same time."""
    moments = []
    for seen in requests:
        moments += [(seen.received_at, 1), (seen.finished_at, -1)]
    most = current = 0
    for _, change in sorted(moments):  # at equal times an end (-1) comes before a beginning
        current += change
        most = max(most, current)
    return most


def count_overlaps(requests: Iterable[RequestSeen]) -> int:
    """Count the requests that overlapped with another one."""
    return sum(seen.overlapped for seen in requests)
