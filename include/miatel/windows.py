"""Windows: half-open intervals of whole seconds in UTC, and the arithmetic on them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from miatel.errors import BadPeriodError
from miatel.limits import ONE_SECOND
from miatel.unix_time import to_unix

WIRE_FORMAT = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, order=True)
class Window:
    """The seconds from `start` up to, not including, `end`.

    Args:
        start: first second, aware UTC, whole seconds.
        end: the second after the last one, aware UTC, whole seconds, later than `start`.

    Raises:
        BadPeriodError: a bound is naive, not UTC or not a whole second, or the window is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                raise BadPeriodError(
                    f"{bound!r} is not an aware UTC time; give one with tzinfo=UTC"
                )
            if bound.microsecond:
                raise BadPeriodError(f"{bound} is not a whole second; the API takes whole seconds")
        if self.end <= self.start:
            raise BadPeriodError(f"the period {self} is empty: its end must lie after its start")

    @property
    def length(self) -> timedelta:
        """How long the window is; at least one second."""
        return self.end - self.start

    @property
    def seconds(self) -> int:
        """How many whole seconds the window holds; at least 1."""
        return int(self.length.total_seconds())

    @property
    def wire_bounds(self) -> tuple[str, str]:
        """`time_beg` and `time_end` as the API takes them: its end is inclusive."""
        return f"{self.start:{WIRE_FORMAT}}", f"{self.end - ONE_SECOND:{WIRE_FORMAT}}"

    @property
    def unix_bounds(self) -> tuple[int, int]:
        """The first second and the one after the last, both in seconds since 1970 UTC."""
        return to_unix(self.start), to_unix(self.end)

    def intersect(self, other: Window) -> Window | None:
        """The seconds that both hold, or None when there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    def split_at(self, moment: datetime) -> tuple[Window, Window]:
        """The two windows before and from `moment`, which must lie inside."""
        return Window(self.start, moment), Window(moment, self.end)

    def days(self) -> Iterator[date]:
        """The GMT days that the window touches, in order."""
        day = self.start.date()
        last = (self.end - ONE_SECOND).date()
        while day <= last:
            yield day
            day += timedelta(days=1)

    def __str__(self) -> str:
        return f"[{self.start:%Y-%m-%dT%H:%M:%SZ}, {self.end:%Y-%m-%dT%H:%M:%SZ})"


def day_window(day: date) -> Window:
    """The 86,400 seconds of a GMT day."""
    start = datetime.combine(day, time(), tzinfo=UTC)
    return Window(start, start + timedelta(days=1))


def parse_time(value: str | date | datetime) -> datetime:
    """A GMT time from what people write: a date, or a time with or without `Z`.

    Args:
        value: "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", or a date or datetime;
            a time with another zone is converted, one without a zone is GMT.

    Returns:
        Aware UTC, whole seconds.

    Raises:
        BadPeriodError: not a time of one of these forms, or not a whole second.
    """
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadPeriodError(
                f"{value!r} is not a GMT date or time; write 2026-01-31 or 2026-01-31T12:00:00"
            ) from None
    elif isinstance(value, datetime):
        moment = value
    else:
        moment = datetime.combine(value, time())
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment.microsecond:
        raise BadPeriodError(f"{value} is not a whole second; the API takes whole seconds")
    return moment


def merge_windows(windows: Iterable[Window]) -> list[Window]:
    """The same seconds as disjoint windows in order, those that touch joined."""
    merged: list[Window] = []
    for window in sorted(windows):
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return merged


def subtract_windows(wanted: Iterable[Window], covered: Iterable[Window]) -> list[Window]:
    """The seconds of `wanted` that `covered` does not hold, as disjoint windows in order."""
    holes = merge_windows(covered)
    left: list[Window] = []
    for window in merge_windows(wanted):
        start = window.start
        for hole in holes:
            if hole.end <= start:
                continue
            if hole.start >= window.end:
                break
            if hole.start > start:
                left.append(Window(start, hole.start))
            start = hole.end
            if start >= window.end:
                break
        if start < window.end:
            left.append(Window(start, window.end))
    return left
