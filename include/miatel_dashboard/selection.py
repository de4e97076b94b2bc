"""What a reader chose to see: the filters of the page's URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from miatel_dashboard.errors import BadFilterError
from miatel_dashboard.texts import text

PRESETS = {"7": 7, "30": 30, "90": 90, "365": 365}
"""Values of the filter `days` and how many days each means; `all` means every landed day."""

DEFAULT_PRESET = "30"
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""Days that can be asked for: there is no SMS before, and a period before must be a date too."""

LISTS = ("country", "network", "sender", "account", "source")
"""Filters of which a reader may choose several values."""

NONE = ""
"""How the URL spells the sender or account of records that have none."""


@dataclass(frozen=True)
class Filters:
    """The URL's filters, not yet resolved against the days that are landed.

    Attributes:
        days: a key of PRESETS or `all`; empty when first and last day are given instead.
        first: first day, GMT.
        last: last day, GMT, inclusive.
        country: country names, as in the column country_name; none means all.
        network: MCC and MNC, as in the column mccmnc.
        sender: senders; NONE is that of records without one.
        account: account names, likewise.
        source: accounts of the platform, as in the column source_name.
    """

    days: str = DEFAULT_PRESET
    first: date | None = None
    last: date | None = None
    country: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Filters with their period resolved: `first` to `last`, both inclusive GMT days."""

    filters: Filters
    first: date
    last: date

    @property
    def day_count(self) -> int:
        """Length of the period."""
        return (self.last - self.first).days + 1

    @property
    def previous_first(self) -> date:
        """First day of the period of the same length before this one."""
        return self.first - timedelta(days=self.day_count)

    @property
    def bucket(self) -> str:
        """What one point of a line stands for: `day`, `week` or `month`, so that few are drawn."""
        if self.day_count <= 130:
            return "day"
        return "week" if self.day_count <= 800 else "month"


def parse_filters(query: Mapping[str, Sequence[str]]) -> Filters:
    """Read the filters of a URL.

    Args:
        query: every value of each parameter, such as {"days": ["30"], "country": ["Nigeria"]}.

    Raises:
        BadFilterError: an unknown parameter, a date that is none, or a period that ends before
            it begins.
    """
    known = {"days", "from", "to", *LISTS}
    if strange := set(query) - known:
        raise BadFilterError(text("error.no_such_filter", names=", ".join(sorted(strange))))
    chosen = tuple(_all(query, name) for name in LISTS)
    if "from" in query or "to" in query:
        first, last = _date(query, "from"), _date(query, "to")
        if first > last:
            raise BadFilterError(text("error.period_reversed", first=first, last=last))
        return Filters("", first, last, *chosen)
    days = query.get("days", [DEFAULT_PRESET])[-1]
    if days not in PRESETS and days != "all":
        raise BadFilterError(text("error.days", days=days, presets=", ".join(PRESETS)))
    return Filters(days, None, None, *chosen)


def resolve(filters: Filters, first_landed: date, last_landed: date) -> Selection:
    """Give the filters their days: presets end with the last landed day, not with today."""
    if filters.first is not None and filters.last is not None:
        return Selection(filters, filters.first, filters.last)
    if filters.days == "all":
        return Selection(filters, first_landed, last_landed)
    return Selection(filters, last_landed - timedelta(days=PRESETS[filters.days] - 1), last_landed)


def _all(query: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """The values of a parameter in a fixed order, so that the same choice is one choice."""
    return tuple(sorted(set(query.get(name, ()))))


def _date(query: Mapping[str, Sequence[str]], name: str) -> date:
    values = query.get(name, [])
    if not values:
        raise BadFilterError(text("error.period_incomplete"))
    try:
        day = date.fromisoformat(values[-1])
    except ValueError:
        raise BadFilterError(text("error.no_date", name=name, value=values[-1])) from None
    if not EARLIEST <= day <= LATEST:
        raise BadFilterError(
            text("error.date_out_of_range", name=name, day=day, earliest=EARLIEST, latest=LATEST)
        )
    return day
