"""When the platform breaks, and how: decided before the answer, by request number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from miatel_simulator.hashing import draw_below, draw_chance

FaultKind = Literal[
    "http_500",
    "http_502",
    "http_503",
    "http_429",
    "http_429_bare",
    "reset_before",
    "reset_during",
    "cut_body",
    "half_json",
    "html",
    "empty",
    "busy_error",
    "hang",
    "slow",
    "lossy",
    "stray",
]
FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)

FAULT_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "http_500": "status 500 with a text",
        "http_502": "status 502 with a text",
        "http_503": "status 503 with a text",
        "http_429": "status 429 with Retry-After",
        "http_429_bare": "status 429 without Retry-After",
        "reset_before": "connection reset before any answer",
        "reset_during": "connection reset in the middle of the body",
        "cut_body": "connection closed in the middle of the body that Content-Length announced",
        "half_json": "half of the JSON, with a Content-Length that fits it",
        "html": "an HTML page with status 200",
        "empty": "an empty body with status 200",
        "busy_error": "a JSON object with an error and status 200",
        "hang": "no answer for hang_seconds, then a closed connection",
        "slow": "a right answer, slow_seconds late",
        "lossy": "every second record silently left out",
        "stray": "one record's time moved out of the period",
    }
)

UNREQUESTED = ("lossy", "stray")
"""Kinds that a rate doesn't bring by itself: no client can notice the one or mend the other."""


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """Which requests meet a fault.

    Only requests that would be answered count as candidates: a refused one gets its refusal.

    Args:
        rate: Share of requests that break, 0 to 1.
        kinds: What the rate chooses from, each as often.
        at: Fault by request number (the first request is 1), whatever the rate says.
        seed: Decides which requests the rate hits.
        retry_after_seconds: What ``http_429`` asks for.
        hang_seconds: How long ``hang`` holds the connection.
        slow_seconds: How late ``slow`` answers.

    Raises:
        ValueError: A kind is unknown or the rate is no share.
    """

    rate: float = 0.0
    kinds: tuple[str, ...] = tuple(kind for kind in FAULT_KINDS if kind not in UNREQUESTED)
    at: Mapping[int, str] = field(default_factory=dict)
    seed: int = 1
    retry_after_seconds: int = 1
    hang_seconds: float = 30.0
    slow_seconds: float = 1.0

    def __post_init__(self) -> None:
        for kind in (*self.kinds, *self.at.values()):
            if kind not in FAULT_KINDS:
                raise ValueError(f"unknown fault {kind!r}; known: {', '.join(FAULT_KINDS)}")
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the fault rate must be between 0 and 1, not {self.rate}")
        if self.rate and not self.kinds:
            raise ValueError("a fault rate needs kinds of faults to choose from")

    def fault_for(self, number: int) -> str | None:
        """Name the fault that request ``number`` (from 1) meets, or None."""
        if number in self.at:
            return self.at[number]
        key = np.array([number], dtype=np.uint64)
        if not draw_chance(self.seed, "fault", key, self.rate)[0]:
            return None
        return self.kinds[int(draw_below(self.seed, "fault kind", key, len(self.kinds))[0])]
