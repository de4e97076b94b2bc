"""What a request asks for, and the reasons for which the platform refuses it."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from miatel_simulator.config import MAX_PERIOD_SECONDS, SimulatorConfig
from miatel_simulator.http.documents import compose_error

_PARAMETERS = ("ip_auth_key", "time_beg", "time_end", "get_names")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII)
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Query:
    """A good request: the records in ``[start, end)``, aware UTC, perhaps with geo names."""

    start: datetime
    end: datetime
    get_names: bool


class RefusedError(Exception):
    """The platform won't answer.

    Args:
        status: HTTP status, for error styles that use it.
        reason: Why, without anything the request said about its key.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class ErrorPage:
    """How an error looks on the wire."""

    status: int
    content_type: str
    body: bytes


BUSY = RefusedError(429, "Another request is being processed, only one at a time is allowed")


def parse_query(config: SimulatorConfig, query: str) -> Query:
    """Read the query string of a statistics request, more strictly than the vendor.

    Raises:
        RefusedError: Wrong key, unknown or repeated parameter, malformed time, bad period.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    values = dict(pairs)
    key = values.get("ip_auth_key", "")
    if not hmac.compare_digest(key.encode(), config.ip_auth_key.encode()):
        raise RefusedError(403, "Access denied: unknown ip_auth_key or IP address")
    if len(values) < len(pairs):
        raise RefusedError(400, "A parameter is given twice")
    unknown = sorted(set(values) - set(_PARAMETERS))
    if unknown:
        raise RefusedError(400, f"Unknown parameter: {', '.join(unknown)}")
    if values.get("get_names", "1") != "1":
        raise RefusedError(400, "get_names may only be 1")
    start = _parse_time(values, "time_beg")
    end = _parse_time(values, "time_end") + _ONE_SECOND  # the vendor's end is inclusive
    if end <= start:
        raise RefusedError(400, "time_end is before time_beg")
    if (end - start).total_seconds() > MAX_PERIOD_SECONDS:
        raise RefusedError(400, "The period is longer than 31 days")
    return Query(start, end, get_names="get_names" in values)


def _parse_time(values: dict[str, str], name: str) -> datetime:
    text = values.get(name)
    if text is None:
        raise RefusedError(400, f"{name} is missing")
    if not _TIME.fullmatch(text):
        raise RefusedError(400, f"{name} must look like 2023-07-25T00:00:00, in GMT")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise RefusedError(400, f"{name} is no time") from None


def render_refusal(config: SimulatorConfig, refused: RefusedError) -> ErrorPage:
    """Dress a refusal in the configured error style."""
    style, reason = config.error_style, refused.reason
    if style == "status":
        return ErrorPage(refused.status, "text/plain; charset=utf-8", reason.encode())
    if style == "html":
        page = f"<!DOCTYPE html><html><body><h1>Error</h1><p>{reason}</p></body></html>"
        return ErrorPage(200, "text/html; charset=utf-8", page.encode())
    if style == "empty":
        return ErrorPage(200, "application/json", b"")
    body = compose_error(config, reason, with_records=style == "json_empty_data")
    return ErrorPage(200, "application/json", body)
