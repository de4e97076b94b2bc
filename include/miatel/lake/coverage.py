"""Which seconds are landed, by which request and run: the proof in each day's footer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from miatel.answers import Clock
from miatel.errors import LakeError, MiatelError, NewerFormatError
from miatel.lake.digest import ENTRIES_KEY, FILE_KEY, check_entries, damaged
from miatel.windows import Window

FORMAT_KEY = b"miatel.format"
COVERAGE_KEY = b"miatel.coverage"
RETIRED_KEY = b"miatel.retired_at"
ERASED_KEY = b"miatel.erased_at"
LATE_KEY = b"miatel.late_records"
FORMAT = b"2"
FORMATS_READ = (b"1", b"2")
_SINCE_FORMAT_2 = {"answered_at", "clock", "origin"}
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_PRECISE_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Coverage:
    """One accepted request's share of a day.

    Attributes:
        window: the seconds that it covers, within one GMT day.
        rows: landed rows in `window`.
        body_sha256: of the answer's body, 64 hex digits.
        requested_at: when the request was sent, aware UTC.
        run_id: the run that sent it.
        request: the whole window that was asked for.
        request_rows: records in the whole answer, repeated ones counted once.
        answered_at: when the answer was given, aware UTC; by the server's `Date` if it came.
        clock: whose clock `answered_at` is of; unknown in what 0.1.0 landed.
        origin: name of the account in the lake's list of origins; None in what 0.1.0 landed.
    """

    window: Window
    rows: int
    body_sha256: str
    requested_at: datetime
    run_id: str
    request: Window
    request_rows: int
    answered_at: datetime | None = None
    clock: Clock = "unknown"
    origin: str | None = None

    @property
    def proven_part(self) -> Window | None:
        """The seconds of `window` that had happened by the server's clock; None without any.

        Where the server's clock is not known, all of them: then there is nothing to judge by.
        """
        if self.clock != "server" or self.answered_at is None:
            return self.window
        end = min(self.window.end, self.answered_at.replace(microsecond=0))
        return Window(self.window.start, end) if end > self.window.start else None

    def with_share(self, window: Window, rows: int) -> Coverage:
        """The same request's coverage of another share of the day."""
        return replace(self, window=window, rows=rows)

    def to_json(self) -> dict[str, Any]:
        """The footer's form: times as ISO 8601 with `Z`."""
        return {
            "start": self.window.start.strftime(_TIME),
            "end": self.window.end.strftime(_TIME),
            "rows": self.rows,
            "body_sha256": self.body_sha256,
            "requested_at": self.requested_at.strftime(_PRECISE_TIME),
            "run_id": self.run_id,
            "request_start": self.request.start.strftime(_TIME),
            "request_end": self.request.end.strftime(_TIME),
            "request_rows": self.request_rows,
            "answered_at": (self.answered_at or self.requested_at).strftime(_PRECISE_TIME),
            "clock": self.clock,
            "origin": self.origin,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Coverage:
        """The inverse of `to_json`; also of what 0.1.0 wrote, which had not all fields."""
        return cls(
            window=Window(_moment(entry["start"]), _moment(entry["end"])),
            rows=entry["rows"],
            body_sha256=entry["body_sha256"],
            requested_at=_moment(entry["requested_at"]),
            run_id=entry["run_id"],
            request=Window(_moment(entry["request_start"]), _moment(entry["request_end"])),
            request_rows=entry["request_rows"],
            answered_at=_moment(entry.get("answered_at", entry["requested_at"])),
            clock=entry.get("clock", "unknown"),
            origin=entry.get("origin"),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def encode_moment(key: bytes, moment: datetime) -> dict[bytes, bytes]:
    """A footer's entry that says when its rows were retired, or some of them cleared."""
    return {key: moment.strftime(_PRECISE_TIME).encode()}


def decode_retired_at(metadata: Mapping[bytes, bytes] | None) -> datetime | None:
    """When the day's rows were dropped for their age; None while they are there."""
    found = (metadata or {}).get(RETIRED_KEY)
    return None if found is None else _moment(found.decode())


@dataclass(frozen=True)
class LateRecords:
    """Records of one landing whose seconds had been landed without them.

    Attributes:
        found_at: when the answer was given that held them, aware UTC.
        run_id: the run that found them.
        rows: how many they are.
        first_received_at: time of the earliest one, aware UTC.
        last_received_at: time of the latest one.
    """

    found_at: datetime
    run_id: str
    rows: int
    first_received_at: datetime
    last_received_at: datetime

    @property
    def most_hours(self) -> int:
        """Hours from the earliest one's time until it was found, rounded up."""
        return math.ceil((self.found_at - self.first_received_at) / timedelta(hours=1))

    def to_json(self) -> dict[str, Any]:
        """The footer's form: times as ISO 8601 with `Z`."""
        return {
            "found_at": self.found_at.strftime(_PRECISE_TIME),
            "run_id": self.run_id,
            "rows": self.rows,
            "most_hours": self.most_hours,
            "first_received_at": self.first_received_at.strftime(_PRECISE_TIME),
            "last_received_at": self.last_received_at.strftime(_PRECISE_TIME),
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> LateRecords:
        """The inverse of `to_json`."""
        times = (_moment(entry[n]) for n in ("found_at", "first_received_at", "last_received_at"))
        found_at, first, last = times
        return cls(found_at, entry["run_id"], entry["rows"], first, last)


def encode_late_records(entries: Iterable[LateRecords]) -> dict[bytes, bytes]:
    """The footer's entry for the records that came late; none where there are none."""
    listed = [entry.to_json() for entry in entries]
    if not listed:
        return {}
    return {LATE_KEY: json.dumps(listed, separators=(",", ":")).encode()}


def decode_late_records(metadata: Mapping[bytes, bytes] | None) -> list[LateRecords]:
    """The records that came late for a day, one entry a landing that found some, in that order."""
    found = json.loads((metadata or {}).get(LATE_KEY, b"[]"))
    return [LateRecords.from_json(entry) for entry in found]


def encode_footer(entries: Iterable[Coverage]) -> dict[bytes, bytes]:
    """The footer's key-value metadata for a day's coverage."""
    in_order = sorted(entries, key=lambda entry: entry.window)
    text = json.dumps([entry.to_json() for entry in in_order], separators=(",", ":"))
    return {FORMAT_KEY: FORMAT, COVERAGE_KEY: text.encode()}


def kept_entries(metadata: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The footer's entries that stay when a day is rewritten, known to this version or not."""
    written_anew = (FORMAT_KEY, COVERAGE_KEY, ENTRIES_KEY, FILE_KEY)
    return {
        key: value
        for key, value in metadata.items()
        if key not in written_anew and not key.startswith(b"ARROW:")
    }


def decode_format(metadata: Mapping[bytes, bytes] | None, path: str) -> int:
    """The format that a day file is of: 1 or 2.

    Raises:
        NewerFormatError: a later version wrote it.
        LakeError: it is none of ours.
    """
    found = metadata or {}
    written = found.get(FORMAT_KEY, b"")
    if written.isdigit() and int(written) > int(FORMAT):
        raise NewerFormatError(
            f"{path} is of format {written.decode()}, and this version reads up to format "
            f"{FORMAT.decode()}. Nothing was changed. Use the version that wrote it, or a later "
            "one."
        )
    if written not in FORMATS_READ or COVERAGE_KEY not in found:
        raise LakeError(
            f"{path} carries no coverage of this project's: it was not written by it. "
            "Move it away and extract its day again."
        )
    return int(written)


def decode_footer(metadata: Mapping[bytes, bytes] | None, path: str) -> list[Coverage]:
    """The coverage that a day file's footer holds, in order.

    Raises:
        DamagedFileError: its entries are not as they were written.
        LakeError: the file has no coverage of ours, so nothing can be said of its seconds.
    """
    found = metadata or {}
    is_old = decode_format(found, path) == 1
    if not is_old:
        check_entries(found, path)
    try:
        written = json.loads(found[COVERAGE_KEY])
        is_whole = is_old or all(entry.keys() >= _SINCE_FORMAT_2 for entry in written)
        entries = [Coverage.from_json(entry) for entry in written] if is_whole else []
    except (ValueError, KeyError, TypeError, AttributeError, MiatelError):
        entries = []
    if not entries:
        raise damaged(path, "there is no coverage in its footer, or it cannot be read")
    return entries
