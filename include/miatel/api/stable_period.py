"""The part of a period for which an answer is proof, because no record can come late any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from miatel.api.clocks import stable_until
from miatel.api.statistics import MiatelClient
from miatel.errors import BadPeriodError
from miatel.limits import STABLE_AFTER
from miatel.windows import Window


def stable_part(
    wanted: Window, client: MiatelClient, now: datetime, on_progress: Callable[[str], object]
) -> Window:
    """The part of a period that is stable; waits where all of it soon is.

    Args:
        wanted: the period.
        client: knows the server's clock; the earlier one of both clocks counts.
        now: by our own clock, aware UTC.
        on_progress: called with one line where it waits, or asks for less.

    Raises:
        BadPeriodError: the period has not happened yet.
    """
    stable = stable_until(now, client.clocks.server_now(now))
    missing = (wanted.end - stable).total_seconds()
    if missing <= 0:
        return wanted
    if missing <= STABLE_AFTER.total_seconds():
        on_progress(f"waiting {missing:.0f} s until the period's last second is stable")
        client.sleep(missing)
        return wanted
    if stable <= wanted.start:
        raise BadPeriodError(
            f"the period {wanted} has not happened yet; it is {now:%Y-%m-%dT%H:%M:%SZ} GMT"
        )
    on_progress(f"the period ends in the future: asking up to {stable:%Y-%m-%dT%H:%M:%SZ}")
    return Window(wanted.start, stable)
