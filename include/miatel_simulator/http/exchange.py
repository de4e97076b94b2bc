"""One statistics request from arrival to last byte."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler

from miatel_simulator.http import wire
from miatel_simulator.http.journal import Flight
from miatel_simulator.http.query import BUSY, Query, RefusedError, parse_query, render_refusal
from miatel_simulator.http.simulator import Simulator

log = logging.getLogger(__name__)

_JSON = "application/json; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
_STATUS_FAULTS = {
    "http_500": (500, "Internal Server Error"),
    "http_502": (502, "Bad Gateway"),
    "http_503": (503, "Service Unavailable"),
    "http_429": (429, "Too Many Requests"),
    "http_429_bare": (429, "Too Many Requests"),
}
_PAGE_FAULTS = {
    "html": ("text/html; charset=utf-8", _HTML),
    "empty": (_JSON, b""),
    "busy_error": (_JSON, b'{"error": "Another request is being processed, try again later"}'),
}


class Exchange:
    """Serves one statistics request over one connection."""

    def __init__(self, simulator: Simulator, handler: BaseHTTPRequestHandler, query: str) -> None:
        self._simulator = simulator
        self._handler = handler
        self._query = query

    def run(self) -> None:
        """Serve the request; it stands in the journal afterwards, whatever happened."""
        connection = self._handler.connection
        flight = self._simulator.journal.board(partial(wire.has_peer_left, connection))
        try:
            self._respond(flight)
        except (BrokenPipeError, ConnectionResetError) as error:
            log.info("the client of request %d left: %s", flight.facts.number, error)
            self._give_up(flight)
        finally:
            self._simulator.journal.land(flight)

    def _respond(self, flight: Flight) -> None:
        try:
            query = self._admit(flight)
        except RefusedError as refused:
            page = render_refusal(self._simulator.config, refused)
            flight.note(status=page.status, refusal=refused.reason)
            self._send(flight, page.status, page.content_type, page.body)
            return
        fault = self._simulator.faults.fault_for(flight.facts.number)
        flight.note(fault=fault)
        if not wire.wait(self._handler.connection, self._simulator.config.latency_seconds):
            self._give_up(flight)
        elif fault in _STATUS_FAULTS or fault in _PAGE_FAULTS:
            self._send_fault_page(flight, fault)
        elif fault == "reset_before":
            self._simulator.journal.land(flight)
            wire.reset(self._handler)
        elif fault == "hang":
            wire.wait(self._handler.connection, self._simulator.faults.hang_seconds)
            self._give_up(flight)
        else:
            self._answer(flight, query, fault)

    def _admit(self, flight: Flight) -> Query:
        query = parse_query(self._simulator.config, self._query)
        flight.note(start=query.start, end=query.end, get_names=query.get_names)
        if flight.second_in_flight:
            raise BUSY
        return query

    def _answer(self, flight: Flight, query: Query, fault: str | None) -> None:
        answer = self._simulator.answer(query, fault)
        pause = answer.rows * self._simulator.config.latency_per_record_seconds
        pause += self._simulator.faults.slow_seconds if fault == "slow" else 0
        if not wire.wait(self._handler.connection, pause):
            self._give_up(flight)
            return
        flight.note(status=200, rows=answer.rows, truncated=answer.truncated)
        body, headers = self._encode(
            answer.body[: len(answer.body) // 2] if fault == "half_json" else answer.body
        )
        headers |= answer.headers
        if fault in ("cut_body", "reset_during"):
            wire.send_half(self._handler, _JSON, body, self._clock_headers() | headers)
            self._simulator.journal.land(flight)
            if fault == "reset_during":
                wire.reset(self._handler)
            return
        self._send(flight, 200, _JSON, body, headers)

    def _encode(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        accepted = self._handler.headers.get("Accept-Encoding", "")
        if self._simulator.config.gzip and "gzip" in accepted:
            return gzip.compress(body, 1, mtime=0), {"Content-Encoding": "gzip"}
        return body, {}

    def _send_fault_page(self, flight: Flight, fault: str | None) -> None:
        headers = {}
        if fault in _STATUS_FAULTS:
            status, text = _STATUS_FAULTS[fault]
            content_type, body = _TEXT, text.encode()
            if fault == "http_429":
                headers["Retry-After"] = str(self._simulator.faults.retry_after_seconds)
        else:
            status = 200
            content_type, body = _PAGE_FAULTS[str(fault)]
        flight.note(status=status)
        self._send(flight, status, content_type, body, headers)

    def _send(
        self,
        flight: Flight,
        status: int,
        content_type: str,
        body: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        wire.send(
            self._handler,
            status,
            content_type,
            body,
            headers=self._clock_headers() | (headers or {}),
            before_last_byte=partial(self._simulator.journal.land, flight),
        )

    def _clock_headers(self) -> dict[str, str]:
        config, headers = self._simulator.config, {}
        if config.date != "none":
            now = self._simulator.now() if config.date == "own" else datetime.now(UTC)
            headers["Date"] = format_datetime(now.astimezone(UTC), usegmt=True)
        if config.age_seconds:
            headers["Age"] = str(config.age_seconds)
        return headers

    def _give_up(self, flight: Flight) -> None:
        left = wire.has_peer_left(self._handler.connection)
        flight.note(status=None, rows=0, client_left=left)
        self._handler.close_connection = True
