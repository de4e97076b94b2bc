"""What came of a request: a complete answer, or one that is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from miatel.errors import MiatelError
from miatel.windows import Window

Clock = Literal["server", "own", "unknown"]
"""Whose clock a time is of: the server's, this host's, or not known."""


@dataclass(frozen=True)
class Answer:
    """A complete body that is not a refusal by its status or its first byte.

    Attributes:
        window: what was asked for.
        body: content-encoding undone.
        body_sha256: of `body`, 64 hex digits.
        requested_at: when the request was sent, aware UTC.
        answered_at: when the answer was given, aware UTC: by the server's clock if known.
        clock: whose clock `answered_at` is of.
        seconds: from sending to the last byte.
        records_seen: how often a record's time is named, which is how many records there are
            unless the vendor writes them in an unusual way; the reader knows.
        headers: of the answer, names in lower case.
    """

    window: Window
    body: bytes
    body_sha256: str
    requested_at: datetime
    answered_at: datetime
    clock: Clock
    seconds: float
    records_seen: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Refused:
    """An answer of which nothing was landed.

    Attributes:
        window: what was asked for.
        body: as it came, content-encoding undone.
        requested_at: when, aware UTC.
        error: why it was refused.
    """

    window: Window
    body: bytes
    requested_at: datetime
    error: MiatelError


OnRefused = Callable[[Refused], None]
