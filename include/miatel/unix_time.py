"""Unix time: seconds since 1970-01-01 UTC, and the datetimes that they stand for."""

from __future__ import annotations

from datetime import UTC, datetime


def to_unix(moment: datetime) -> int:
    """An aware time in whole seconds since 1970 UTC, rounded down."""
    return int(moment.timestamp() // 1)


def from_unix(seconds: float) -> datetime:
    """The aware UTC time that lies some seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC)
