"""How often and how long to wait before asking again. Pure: who sleeps is the caller's business."""

from __future__ import annotations

import random
from dataclasses import dataclass

from miatel.errors import RetriableError


@dataclass(frozen=True)
class RetryPolicy:
    """Bounded, jittered, exponential back-off, and when an answer counts as failed.

    Args:
        attempts: how often one window is asked for at most, the first time included.
        base_seconds: longest wait after the first failure; it doubles with each further one.
        longest_seconds: longest wait ever, also where the server asks for more.
        silence_seconds: longest silence of the server within one answer, after which it failed.
    """

    attempts: int = 8
    base_seconds: float = 1.0
    longest_seconds: float = 120.0
    silence_seconds: float = 180.0

    def wait_seconds(self, failures: int, error: RetriableError) -> float:
        """How long to wait after the given number of failures in a row (at least 1).

        The wait lies between half and all of the doubling bound, so that many hosts don't return
        in step. The server's own `Retry-After` can make it longer, up to `longest_seconds`, but
        never shorter: "at once" would use up all attempts within a moment.
        """
        bound = min(self.base_seconds * 2.0 ** min(failures - 1, 60), self.longest_seconds)
        wait = bound * random.uniform(0.5, 1.0)  # noqa: S311  jitter, no secret
        return max(wait, min(error.retry_after_seconds or 0.0, self.longest_seconds))
