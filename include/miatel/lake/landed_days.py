"""The landed days by their footers: which seconds are covered, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime

from miatel.errors import LakeError
from miatel.lake.coverage import Coverage, decode_footer, decode_retired_at
from miatel.lake.lake import Lake, day_file
from miatel.windows import Window, day_window, merge_windows


@dataclass(frozen=True)
class LandedDay:
    """One day's footer.

    Attributes:
        day: the GMT day.
        entries: the accepted requests' shares of it, in order.
        is_retired: its records were dropped for their age.
    """

    day: date
    entries: list[Coverage]
    is_retired: bool

    @property
    def covered(self) -> list[Window]:
        """The seconds that need not be asked for: landed ones, or all of a retired day."""
        if self.is_retired:
            return [day_window(self.day)]
        return merge_windows(part for entry in self.entries if (part := entry.proven_part))

    @property
    def rows(self) -> int:
        """How many records were landed."""
        return sum(entry.rows for entry in self.entries)

    def was_asked_since(self, moment: datetime) -> bool:
        """Whether each second of the day was asked for at or after a moment."""
        late = [entry.window for entry in self.entries if _asked_at(entry) >= moment]
        return merge_windows(late) == [day_window(self.day)]


def _asked_at(entry: Coverage) -> datetime:
    return entry.answered_at or entry.requested_at


@dataclass(frozen=True)
class LandedDays:
    """The days of a lake that have a file.

    Attributes:
        days: those whose footer could be read, in order.
        unreadable: the others, each with why.
    """

    days: dict[date, LandedDay] = field(default_factory=dict)
    unreadable: dict[date, LakeError] = field(default_factory=dict)

    @property
    def covered(self) -> list[Window]:
        """The seconds that need not be asked for, as disjoint windows in order."""
        return merge_windows(window for day in self.days.values() for window in day.covered)

    @property
    def first_second(self) -> datetime | None:
        """The first second that is landed; None where nothing is."""
        return self.covered[0].start if self.days else None


def read_landed_days(lake: Lake, windows: Iterable[Window] | None = None) -> LandedDays:
    """Read the footers of the lake's days.

    Args:
        lake: the landed days.
        windows: only the days that these touch; None for all.

    Raises:
        LakeError: the lake cannot be listed.
    """
    days = lake.days()
    if windows is not None:
        wanted = merge_windows(windows)
        days = [day for day in days if any(w.intersect(day_window(day)) for w in wanted)]
    with ThreadPoolExecutor(thread_name_prefix="miatel-footers") as pool:
        found = list(pool.map(lambda day: _read_day(lake, day), days))
    read, unreadable = {}, {}
    for day, landed in zip(days, found, strict=True):
        if isinstance(landed, LandedDay):
            read[day] = landed
        elif landed is not None:
            unreadable[day] = landed
    return LandedDays(read, unreadable)


def _read_day(lake: Lake, day: date) -> LandedDay | LakeError | None:
    """One day's footer, or why it cannot be read; None where the file is gone by now."""
    try:
        file = lake.open_parquet(day_file(day))
        if file is None:
            return None
        with file:
            metadata = file.metadata.metadata
            entries = decode_footer(metadata, day_file(day))
            return LandedDay(day, entries, decode_retired_at(metadata) is not None)
    except LakeError as error:  # for the reader to report: one bad day must not hide the others
        return error
