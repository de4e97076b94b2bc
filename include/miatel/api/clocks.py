"""Our clock and the server's: when an answer was given, and for which seconds it is proof."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from miatel.answers import Clock
from miatel.errors import ClockError, UnstableAnswerError
from miatel.limits import ONE_SECOND, STABLE_AFTER
from miatel.windows import Window

log = logging.getLogger(__name__)

REPORTED_DIFFERENCE = timedelta(seconds=5)
"""From this difference between the two clocks on, a run reports it."""

MOST_DIFFERENCE = timedelta(seconds=60)
"""Beyond this difference nothing is landed: one of the clocks is wrong."""

_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
    r"|(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT"
    r"|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}"
)
"""HTTP's three forms: the usual one, then two old ones, which a client has to read, too."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def read_server_time(headers: Mapping[str, str]) -> datetime | None:
    """The server's own time of an answer: its `Date` header.

    Args:
        headers: of the answer, whatever the case of their names.

    Returns:
        Aware UTC, whole seconds; None without a `Date` in HTTP's form, or beside an `Age`, with
        which a cache says that the answer is an older one.
    """
    value = headers.get("Date", "").strip()
    if "Age" in headers or _HTTP_DATE.fullmatch(value) is None:
        return None
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)  # one form does not name its zone
    except (ValueError, OverflowError):  # 31 February
        return None


def clock_difference(sent_at: datetime, received_at: datetime, server_time: datetime) -> timedelta:
    """How far our clock is ahead of the server's at least; negative where it is behind.

    Args:
        sent_at: when the request was sent, by our clock.
        received_at: when the answer's headers were there, by our clock.
        server_time: the answer's `Date`, cut to a whole second; servers write the time at which
            they received the request or that at which they began to answer.

    Returns:
        Zero where the server's time can lie between the two.
    """
    if sent_at > server_time + ONE_SECOND:
        return sent_at - server_time - ONE_SECOND
    return min(received_at - server_time, timedelta(0))


def stable_until(own_now: datetime, server_now: datetime | None = None) -> datetime:
    """The end of the seconds that are old enough for an answer to be proof.

    Args:
        own_now: the present by our clock, aware UTC.
        server_now: the present by the server's clock, where it is known.

    Returns:
        `STABLE_AFTER` before the earlier of the two, whole seconds.
    """
    now = own_now if server_now is None else min(own_now, server_now)
    return (now - STABLE_AFTER).replace(microsecond=0)


def check_stable(window: Window, answered_at: datetime, clock: Clock) -> None:
    """Refuse an answer for seconds that were too young when it was given, by the server's clock.

    Raises:
        UnstableAnswerError: ask again after the seconds that it names.
    """
    missing = (window.end - stable_until(answered_at)).total_seconds()
    if clock == "server" and missing > 0:
        raise UnstableAnswerError(
            f"asked for {window}: by the server's clock the answer was given at "
            f"{answered_at:{_TIME}}, when the last seconds were not {STABLE_AFTER.seconds} s old, "
            "so it proves nothing for them. Asked again when they are",
            retry_after_seconds=missing,
        )


class ClockComparison:
    """Compares our clock with the server's at each answer, and logs each finding once.

    Attributes:
        notes: what was logged.
        ahead: how far our clock was ahead of the server's at the last answer that said its time;
            negative where it was behind, None before the first.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.ahead: timedelta | None = None
        self._noted: set[str] = set()

    def judge(
        self, headers: Mapping[str, str], sent_at: datetime, received_at: datetime, asked: str
    ) -> tuple[datetime, Clock]:
        """When an answer was given, and by whose clock.

        Args:
            headers: of the answer.
            sent_at: when the request was sent, by our clock.
            received_at: when the answer's headers were there, by our clock.
            asked: what was asked, for the message.

        Raises:
            ClockError: the clocks differ by more than a minute: set this host's clock right.
        """
        server_time = read_server_time(headers)
        if server_time is None:
            why = "with an Age" if "Age" in headers else "without a usable Date"
            self._note_once(
                "own",
                f"the server answers {why}: which seconds are old enough is judged by this host's "
                "clock alone, and the coverage says so. Keep the clock synchronised.",
            )
            return sent_at, "own"
        self.ahead = clock_difference(sent_at, received_at, server_time)
        if abs(self.ahead) > MOST_DIFFERENCE:
            raise ClockError(
                f"{asked}: this host's clock said {sent_at:{_TIME}} when the request was sent and "
                f"{received_at:{_TIME}} when its answer came, but the answer's Date is "
                f"{server_time:{_TIME}}: ours is {_in_words(self.ahead)}. Nothing of it was "
                "landed. Set this host's clock right (NTP), then run again; if it is right, a "
                "proxy or cache between us and the server sends a wrong Date."
            )
        if abs(self.ahead) > REPORTED_DIFFERENCE:
            self._note_once(
                "differs",
                f"this host's clock is {_in_words(self.ahead)}: the earlier of the "
                "two decides which seconds are old enough. Set it right (NTP): beyond "
                f"{MOST_DIFFERENCE.seconds} s nothing is landed.",
            )
        return server_time, "server"

    def server_now(self, own_now: datetime) -> datetime | None:
        """The present by the server's clock; None before it was ever sent."""
        return None if self.ahead is None else own_now - self.ahead

    def _note_once(self, kind: str, note: str) -> None:
        if kind not in self._noted:
            self._noted.add(kind)
            self.notes.append(note)
            log.warning("%s", note)


def _in_words(ahead: timedelta) -> str:
    seconds = ahead.total_seconds()
    return f"{abs(seconds):,.0f} s {'behind' if seconds < 0 else 'ahead of'} the server's"
