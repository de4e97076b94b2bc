"""Past traffic, read from the landed day files, for the planner."""

from __future__ import annotations

import logging
from datetime import date

import numpy as np

from miatel.errors import LakeError
from miatel.lake.coverage import Coverage
from miatel.lake.lake import Lake, day_file
from miatel.lake.lake_file import lake_errors
from miatel.limits import TIME_FIELD
from miatel.planning.constants import MOST_TIMES_READ
from miatel.planning.forecast import REMEMBERED, Seconds, TrafficModel
from miatel.record_times import seconds_of
from miatel.windows import Window, day_window, merge_windows

log = logging.getLogger(__name__)


def past_traffic(lake: Lake, wanted: list[Window]) -> TrafficModel:
    """The traffic before and around what is wanted, by the day files.

    A day that cannot be read is left out: it only makes the windows' lengths a worse guess.

    Args:
        lake: where the days are.
        wanted: at least one window.

    Raises:
        LakeError: the lake cannot be listed.
    """
    wanted = merge_windows(wanted)
    period = Window(wanted[0].start - REMEMBERED, wanted[-1].end)
    traffic = TrafficModel()
    for day in lake.days():
        if day_window(day).intersect(period):
            try:
                _remember(traffic, lake, day, with_times=day_window(day).end <= wanted[0].start)
            except LakeError as error:
                log.warning("planning without %s: %s", day, error)
    return traffic


def _remember(traffic: TrafficModel, lake: Lake, day: date, *, with_times: bool) -> None:
    entries = lake.coverage(day)
    times = _read_times(lake, day, entries) if with_times else None
    for entry in entries:
        if times is None:
            traffic.remember(entry.window, entry.rows)
        else:
            first, last = np.searchsorted(times, entry.window.unix_bounds)
            traffic.remember_times(entry.window, times[first:last])


def _read_times(lake: Lake, day: date, entries: list[Coverage]) -> Seconds | None:
    """The times of a day's records, seconds since 1970, sorted; None where the footer has to do."""
    landed = sum(entry.rows for entry in entries)
    file = lake.open_parquet(day_file(day)) if landed <= MOST_TIMES_READ else None
    if file is None:
        return None
    with file, lake_errors(lake.root, f"read at {day_file(day)}"):
        times: Seconds = seconds_of(file.read(columns=[TIME_FIELD]))
    times = np.sort(times)  # windows that were asked for again stand where they came
    return times if len(times) == landed else None  # the records of an old day may be gone
