"""What a simulated platform is like: one immutable value, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Literal, get_args

from miatel_simulator.checks import ConfigError, check_choice, check_time
from miatel_simulator.faults import FaultPlan
from miatel_simulator.incidents import Incident

Profile = Literal["steady", "day_night", "weekly", "bursty"]
Body = Literal[
    "array", "data", "sms", "map", "map_data", "header_rows", "columns_rows", "columns",
    "statements", "lines",
]  # fmt: skip
FieldStyle = Literal["documented", "no_prefix", "upper", "camel"]
Names = Literal["object", "list", "before", "second", "second_newline"]
Order = Literal["ascending", "descending", "shuffled", "by_id"]
Keeps = Literal["by_order", "first", "last", "sample", "by_node"]
ErrorStyle = Literal["status", "json", "json_empty_data", "html", "empty"]
TimeFormat = Literal["z", "none", "blank", "unix", "unix_ms"]
NullTime = Literal["null", "empty", "absent", "zero"]
Escapes = Literal["plain", "php"]
Count = Literal["sent", "all", "lying", "none"]
SaysMore = Literal["nothing", "flag", "link", "headers"]
Date = Literal["own", "host", "none"]
ExtraField = Literal["string", "number", "bool", "object"]

CHOICES: Mapping[str, tuple[str, ...]] = {
    "profile": get_args(Profile),
    "body": get_args(Body),
    "field_style": get_args(FieldStyle),
    "names": get_args(Names),
    "order": get_args(Order),
    "cap_keeps": get_args(Keeps),
    "error_style": get_args(ErrorStyle),
    "time_format": get_args(TimeFormat),
    "null_time": get_args(NullTime),
    "escapes": get_args(Escapes),
    "count": get_args(Count),
    "says_more": get_args(SaysMore),
    "date": get_args(Date),
}
EXTRA_FIELDS: tuple[str, ...] = get_args(ExtraField)

FIELDS = (
    "sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time", "sms_hub_mccmnc_id",
    "sms_hub_mccmnc_name", "src_num", "dst_num", "username", "message_body", "segment_num",
    "segment_total", "segment_id", "dlr_code", "dlr_time", "message_id", "resp_code",
    "sms_hub_currency_name", "price", "remote_ip",
)  # fmt: skip
"""The fields of a message detail record, in the order they are sent (API reference, section 2)."""

MAX_PERIOD_SECONDS = 31 * 86_400
DEFAULT_CAP = 100_000
LYING_COUNT = 1_000_000
DEFAULT_KEY = "simulator-key"


@dataclass(frozen=True)
class Burst:
    """Extra traffic at a given time, spread evenly.

    Args:
        start: Its first second, aware.
        seconds: How long it lasts, at least 1.
        messages: How many records it adds.
    """

    start: datetime
    seconds: int
    messages: int

    def __post_init__(self) -> None:
        check_time("burst start", self.start)
        if self.seconds < 1 or self.messages < 0:
            raise ConfigError("a burst needs at least 1 second and no negative number of messages")


@dataclass(frozen=True, kw_only=True)
class SimulatorConfig:
    """Everything that decides how the simulated platform behaves.

    Two simulators with equal settings and equal clocks give equal answers. "Record" is one MDR,
    that is one segment; all volumes are records.

    Args:
        seed: Decides the whole history.
        start: No record is earlier.
        end: No record is at or after it; None for no end.
        now: The clock's time at the start; None follows the real clock. Records appear when the
            clock reaches their time, receipts when it reaches theirs.
        messages_per_day: Records a day on average (``steady``: exactly, evenly spread).
        profile: ``steady``, ``day_night``, ``weekly`` (day_night, quieter weekends) or ``bursty``
            (weekly, with bursts).
        bursts_per_week: Bursts a week on average, for ``bursty``.
        burst_size: Records of a middling burst; each has between half and twice as many.
        bursts: Bursts at given times, on top of the profile.
        incidents: What goes wrong, where and when; the truth reports them.
        counts: An explicit history instead of any profile: records by second.
        composite_share: Share of 12-record runs that hold composite messages, 0 to 1.
        max_receipt_delay_hours: No receipt comes later after its message than this.
        ip_auth_key: The one accepted key; never shown, logged or stored elsewhere.
        cap: Most records in one answer.
        body: Where the records stand: a bare array, or an object with them under ``data`` or
            ``sms`` (the latter beside ``status`` and ``count``); a ``map`` of them by id, bare or
            under ``data``; a header row and rows, or ``columns`` and ``rows`` under keys of these
            names; one list a column; script statements; one record a line. Without records a bare
            map and lines are an empty array, as PHP writes it.
        field_style: How fields are called: as documented, without the prefix ``sms_hub_``, that in
            capitals, or in camel case.
        names: Where geo names stand when asked for. A bare array and a header row with rows have
            no room for another key: they always get them as a second document; statements have
            them in a second one, lines in another line.
        order: Order of the records in an answer.
        cap_keeps: Which records a capped answer holds; ``by_order`` is the earliest for ascending
            and by_id, the latest for descending, an even sample for shuffled.
            ``by_node``: all of one node, then a part of the next one's.
        error_style: How refusals look.
        time_format: ``z`` 2026-01-01T00:00:00Z, ``none`` without Z, ``blank`` without T and Z,
            ``unix`` seconds since 1970, ``unix_ms`` milliseconds.
        null_time: How a missing ``dlr_time`` is spelled.
        numbers_as_strings: Send numbers in quotes.
        escapes: ``php`` escapes slashes and everything beyond ASCII, as PHP does by default.
        count: What the answer counts: ``sent`` the records it holds (in the body ``sms`` alone),
            ``all`` those of the period whatever the cap, ``lying`` always LYING_COUNT, ``none``
            nothing. An object has it as ``count`` or ``total``, a bare array cannot.
        says_more: How a capped answer says that there is more: a ``flag`` or a ``link`` in the
            object, or ``headers`` (``Link``, and the count as ``X-Total-Count``).
        missing_fields: Chance that a field is missing from a record; never one of the identity,
            nor the time.
        drop_fields: Fields that are never sent.
        unknown_fields: Kinds of undocumented fields to add (to every third id), of string,
            number, bool and object.
        shuffle_keys: Another order of keys from record to record.
        pretty: White space as in PHP's JSON_PRETTY_PRINT.
        gzip: Compress for clients that accept it.
        date: Whose clock the header ``Date`` has: the platform's own, that of the host it runs
            on (as a server does whose history alone is simulated), or none.
        age_seconds: The header ``Age``, as from a cache; 0 for no such header.
        latency_seconds: Time before every answer; refusals come at once.
        latency_per_record_seconds: Time added for each record.
        faults: When to break, and how.
        body_cache: How many answers are kept for requests that repeat while the clock stands.
    """

    seed: int = 1
    start: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    end: datetime | None = None
    now: datetime | None = None
    messages_per_day: int = 10_000
    profile: Profile = "weekly"
    bursts_per_week: float = 1.0
    burst_size: int = 120_000
    bursts: tuple[Burst, ...] = ()
    incidents: tuple[Incident, ...] = ()
    counts: Mapping[datetime, int] | None = None
    composite_share: float = 0.25
    max_receipt_delay_hours: float = 72.0
    ip_auth_key: str = field(default=DEFAULT_KEY, repr=False)
    cap: int = DEFAULT_CAP
    body: Body = "array"
    field_style: FieldStyle = "documented"
    names: Names = "object"
    order: Order = "ascending"
    cap_keeps: Keeps = "by_order"
    error_style: ErrorStyle = "status"
    time_format: TimeFormat = "z"
    null_time: NullTime = "null"
    numbers_as_strings: bool = False
    escapes: Escapes = "plain"
    count: Count = "sent"
    says_more: SaysMore = "nothing"
    missing_fields: float = 0.0
    drop_fields: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    shuffle_keys: bool = False
    pretty: bool = False
    gzip: bool = False
    date: Date = "own"
    age_seconds: int = 0
    latency_seconds: float = 0.0
    latency_per_record_seconds: float = 0.0
    faults: FaultPlan = field(default_factory=FaultPlan)
    body_cache: int = 1

    def __post_init__(self) -> None:
        for option, choices in CHOICES.items():
            check_choice(option, getattr(self, option), choices)
        for name in self.drop_fields:
            check_choice("drop_fields", name, FIELDS)
        for kind in self.unknown_fields:
            check_choice("unknown_fields", kind, EXTRA_FIELDS)
        for option in ("composite_share", "missing_fields"):
            if not 0 <= getattr(self, option) <= 1:
                raise ConfigError(f"{option} must be between 0 and 1, not {getattr(self, option)}")
        self._check_sizes()
        self._check_times()
        if not self.ip_auth_key:
            raise ConfigError("ip_auth_key must not be empty")

    def _check_sizes(self) -> None:
        if self.cap < 1:
            raise ConfigError(f"cap must be at least 1, not {self.cap}")
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int | float) and value < 0:
                raise ConfigError(f"{item.name} must not be negative, not {value}")

    def _check_times(self) -> None:
        for option in ("start", "end", "now"):
            moment = getattr(self, option)
            if moment is not None:
                check_time(option, moment)
        if self.end is not None and self.end < self.start:
            raise ConfigError("end must not be before start")
        for second, count in (self.counts or {}).items():
            check_time("counts", second)
            if second.microsecond or count < 0:
                raise ConfigError("counts maps whole seconds to numbers of records, none negative")
            if second < self.start or (self.end is not None and second >= self.end):
                raise ConfigError(f"counts has {second.isoformat()}, outside start and end")
