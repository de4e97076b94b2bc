"""The simulator's own pages under /_sim: its truth, its clock, its faults, what it saw."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa

from miatel_simulator.faults import FaultPlan
from miatel_simulator.http.journal import count_overlaps, max_in_flight
from miatel_simulator.http.simulator import Simulator
from miatel_simulator.http.truth import default_period, identity_fields

_ARROW = "application/vnd.apache.arrow.stream"


class BadControlError(ValueError):
    """A control request that can't be understood; the message says why."""


def parse_moment(text: str) -> datetime:
    """Read an ISO date or time; without a zone it is UTC.

    Raises:
        BadControlError: It is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadControlError(f"{text!r} is no date or time such as 2026-01-31T12:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_page(simulator: Simulator, name: str, query: str) -> tuple[str, bytes]:
    """Answer GET /_sim/NAME.

    Returns:
        Content type and body.

    Raises:
        BadControlError: A parameter is malformed.
        KeyError: There is no such page.
    """
    if name == "records":
        return _ARROW, _to_stream(simulator.truth(*_period(simulator, query)))
    pages = {"health": _health, "requests": _requests, "truth": _truth, "ids": _ids}
    return "application/json", _to_json(pages[name](simulator, query))


def apply_command(simulator: Simulator, name: str, body: bytes) -> tuple[str, bytes]:
    """Answer POST /_sim/NAME.

    Returns:
        Content type and body: the state after the command.

    Raises:
        BadControlError: The body is malformed.
        KeyError: There is no such command.
    """
    command = {"clock": _set_clock, "reset": _reset, "faults": _set_faults}[name]
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise BadControlError("the body is no JSON") from None
    if not isinstance(values, dict):
        raise BadControlError("the body must be a JSON object")
    try:
        command(simulator, values)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadControlError(f"{name} can't be set so: {error}") from None
    return "application/json", _to_json(_health(simulator, ""))


def _health(simulator: Simulator, _query: str) -> dict[str, object]:
    return {"status": "ok", "now": simulator.now(), "requests": len(simulator.requests())}


def _requests(simulator: Simulator, _query: str) -> dict[str, object]:
    seen = simulator.requests()
    return {
        "requests": [asdict(request) for request in seen],
        "overlaps": count_overlaps(seen),
        "max_in_flight": max_in_flight(seen),
    }


def _truth(simulator: Simulator, query: str) -> dict[str, object]:
    start, end = _period(simulator, query)
    days = simulator.count_by_day(start, end)
    return {
        "start": start,
        "end": end,
        "now": simulator.now(),
        "total": sum(days.values()),
        "days": {day.isoformat(): count for day, count in days.items()},
        "incidents": [
            {**asdict(incident), "end": incident.end}
            for incident in simulator.incidents(start, end)
        ],
    }


def _ids(simulator: Simulator, query: str) -> dict[str, object]:
    ids = simulator.identities(*_period(simulator, query))
    return {"fields": identity_fields(simulator.config), "total": len(ids), "ids": ids}


def _period(simulator: Simulator, query: str) -> tuple[datetime, datetime]:
    values = {name: parse_moment(texts[-1]) for name, texts in parse_qs(query).items()}
    if set(values) - {"start", "end"}:
        raise BadControlError("the only parameters are start and end (exclusive)")
    start, end = default_period(simulator.config, simulator.now())
    return values.get("start", start), values.get("end", end)


def _set_clock(simulator: Simulator, values: dict[str, Any]) -> None:
    if set(values) == {"advance_seconds"}:
        simulator.set_now(simulator.now() + timedelta(seconds=values["advance_seconds"]))
    elif set(values) == {"now"}:
        simulator.set_now(None if values["now"] is None else parse_moment(values["now"]))
    else:
        raise BadControlError('send {"now": TIME}, {"now": null} or {"advance_seconds": NUMBER}')


def _reset(simulator: Simulator, _values: dict[str, Any]) -> None:
    simulator.reset()


def _set_faults(simulator: Simulator, values: dict[str, Any]) -> None:
    if "at" in values:
        values["at"] = {int(number): kind for number, kind in values["at"].items()}
    if "kinds" in values:
        values["kinds"] = tuple(values["kinds"])
    simulator.set_faults(FaultPlan(**values))


def _to_json(value: object) -> bytes:
    return json.dumps(value, default=_format_time).encode()


def _format_time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _to_stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
