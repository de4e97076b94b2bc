"""Retries: how often a request is repeated, and how long to wait before each attempt."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from miatel.errors import MiatelError, RetriableError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RetryPolicy:
    """Bounded, jittered, exponential back-off, and when an answer counts as failed.

    Args:
        attempts: how often one window is asked for at most, the first time included.
        base_seconds: longest wait after the first failure; it doubles with each further one.
        longest_seconds: longest wait ever, also where the server asks for more.
        silence_seconds: longest silence of the server within one answer, after which it failed.
        answer_seconds: longest time for a complete answer, so that a trickle cannot hold the
            request slot for ever.
    """

    attempts: int = 8
    base_seconds: float = 1.0
    longest_seconds: float = 120.0
    silence_seconds: float = 180.0
    answer_seconds: float = 1800.0

    def wait_seconds(self, failures: int, error: RetriableError) -> float:
        """How long to wait after the given number of failures in a row (at least 1).

        The wait lies between half and all of the doubling bound, so that many hosts don't return
        in step. The server's own `Retry-After` can make it longer, up to `longest_seconds`, but
        never shorter: "at once" would use up all attempts within a moment.
        """
        bound = min(self.base_seconds * 2.0 ** min(failures - 1, 60), self.longest_seconds)
        wait = bound * random.uniform(0.5, 1.0)  # noqa: S311  jitter, no secret
        return max(wait, min(error.retry_after_seconds or 0.0, self.longest_seconds))


class Retries:
    """The attempts of one request so far: waits before the next one, or gives up.

    Args:
        policy: how often, and how long to wait.
        sleep: waits the given seconds.
    """

    def __init__(self, policy: RetryPolicy, sleep: Callable[[float], None]) -> None:
        self._policy = policy
        self._sleep = sleep
        self._failures = 0

    def wait_after(self, error: MiatelError) -> None:
        """Wait before the next attempt, after one that failed.

        Raises:
            MiatelError: the given error, where asking again cannot help or has been tried enough.
        """
        self._failures += 1
        attempts = self._policy.attempts
        if not isinstance(error, RetriableError) or self._failures >= attempts:
            raise error
        wait = self._policy.wait_seconds(self._failures, error)
        log.warning("%s (attempt %d of %d; again in %.1f s)", error, self._failures, attempts, wait)
        self._sleep(wait)
