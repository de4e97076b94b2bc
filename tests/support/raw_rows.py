"""Rows of the raw schema from the few fields that a test is about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from miatel import Window
from miatel.identity.landing_counts import LandingCounts
from miatel.lake.sink import Accepted, rows_of
from miatel.schema import ANSWER_SCHEMA, RAW_SCHEMA

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
REQUESTED_AT = datetime(2026, 4, 1, 12, 0, 0, 123456, tzinfo=UTC)


def at(second: float) -> datetime:
    """So many seconds after the tests' midnight."""
    return MIDNIGHT + timedelta(seconds=second)


def between(first: int, last: int) -> Window:
    """The seconds from the first up to, not including, the last, counted from midnight."""
    return Window(at(first), at(last))


def raw_rows(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of the raw schema; fields that a row does not name are null."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=RAW_SCHEMA)


def as_read(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table as the reader gives it."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=ANSWER_SCHEMA)


def accepted(
    window: Window, rows: Iterable[Mapping[str, Any]], requested_at: datetime = REQUESTED_AT
) -> Accepted:
    """An accepted answer that holds these rows."""
    digest = hashlib.sha256(f"{window} {requested_at}".encode()).hexdigest()
    counts = LandingCounts()
    table = rows_of(as_read(rows), window, requested_at, "test", counts)
    return Accepted(window, table, {}, digest, requested_at, counts=counts)
