"""The one loop that drives the planner: a window is asked for while the answer before is parsed."""

from __future__ import annotations

import math
from typing import Protocol

from miatel.planning.planner import WindowPlanner
from miatel.windows import Window


class Asker(Protocol):
    """Asks for windows, and reports to the planner what their answers hold."""

    def ask(self, window: Window) -> int | None:
        """Ask for a window, finish parsing the answer before, and begin to parse this one.

        Returns:
            How many records the answer seems to hold; None where the next window depends on what
            it really holds.
        """

    def finish_parsing(self) -> bool:
        """Wait for the answer that is being parsed, and report to the planner what it holds.

        Returns:
            Whether there was one.
        """


def walk_windows(planner: WindowPlanner, asker: Asker, most_requests: int | None = None) -> None:
    """Ask for windows until nothing is wanted any more.

    Args:
        planner: says which windows to ask for; has those left that were not asked for.
        asker: sends the requests.
        most_requests: windows to ask for at most; None for all. Retries of one are not counted.
    """
    requests_left = math.inf if most_requests is None else most_requests
    while True:
        window = planner.next_window() if requests_left > 0 else None
        if window is None:
            if not asker.finish_parsing():
                return
            continue
        requests_left -= 1
        seen = asker.ask(window)
        if seen is None or seen >= planner.cap:
            asker.finish_parsing()
        else:
            planner.expect(window, seen)
