"""Traffic with incidents at known places, and how findings are held against them.

Volumes fit the traffic of about 40,000 records a day: at noon a large network sees some 180
messages an hour, a large account some 700.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from miatel_simulator import Incident, SimulatorConfig

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
END = datetime(2026, 1, 21, 14, tzinfo=UTC)  # in the middle of a Wednesday
RARE = {"Cuba": 368001, "Tajikistan": 436004, "Maldives": 472001, "Zimbabwe": 648004}
TYPE_OF_KIND = {
    "delivery_drop": "delivery_drop",
    "sequential_numbers": "sequential_numbers",
    "unusual_destination": "unusual_destination",
    "inflated": "volume_up_delivery_down",
}


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of January 2026."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def _drop(start: datetime, hours: float, share: float, **place: Any) -> Incident:
    return Incident(
        kind="delivery_drop", start=start, seconds=int(hours * 3600), failing_share=share, **place
    )


def _added(kind: Any) -> Callable[..., Incident]:
    def plant(
        start: datetime, hours: float, messages: int, account: str, network: int, share: float = 0.0
    ) -> Incident:
        return Incident(
            kind=kind, start=start, seconds=int(hours * 3600), messages=messages,
            account=account, network=network, failing_share=share,
        )  # fmt: skip

    return plant


_sequence, _unusual, _inflated = map(
    _added, ("sequential_numbers", "unusual_destination", "inflated")
)

INCIDENTS = (
    _drop(_at(13, 10), 2, 0.6, network=525001),
    _drop(_at(14, 12), 3, 0.45, network=510010),
    _drop(_at(15, 11), 2, 0.8, network=262001),
    _drop(_at(15, 14), 2, 0.5, account="bluefin_bank"),
    _drop(_at(16, 9), 4, 0.4, account="tern_health"),
    _drop(_at(19, 13), 1, 0.9, network=404010),
    _drop(_at(20, 15), 1, 0.5),
    _drop(_at(21, 10, 30), 2, 0.7, account="kite_retail"),
    _drop(_at(17, 12), 3, 0.5, account="orbit_taxi"),
    _drop(_at(20, 9, 20), 5, 0.4, network=250001),
    _drop(_at(21, 13), 1, 0.6, account="sever_market"),  # the last landed hour
    _drop(_at(20, 11), 2, 0.28, account="palm_travel"),  # hardly more than a quarter
    _sequence(_at(12, 12), 1, 200, "lumen_games", 510001),
    _sequence(_at(13, 15), 1, 60, "palm_travel", 286001),
    _sequence(_at(14, 2), 3, 400, "orbit_taxi", 404010),
    _sequence(_at(15, 13), 1, 90, "kite_retail", 525001),
    _sequence(_at(16, 10), 4, 120, "sever_market", 250001),
    _sequence(_at(18, 23, 30), 1, 100, "bluefin_bank", 234010),
    _sequence(_at(20, 9, 10), 0.5, 40, "tern_health", 208001),
    _sequence(_at(17, 6), 6, 60, "kite_retail", 222001),  # ten numbers an hour
    _unusual(_at(13, 8), 6, 400, "bluefin_bank", RARE["Cuba"]),
    _unusual(_at(14, 20), 2, 150, "palm_travel", RARE["Zimbabwe"]),
    _unusual(_at(16, 20), 10, 260, "kite_retail", RARE["Tajikistan"]),
    _unusual(_at(19, 11), 1, 1000, "lumen_games", RARE["Maldives"]),
    _unusual(_at(21, 9), 3, 110, "test\\lab", RARE["Cuba"]),
    _unusual(_at(15, 1), 30, 600, "orbit_taxi", RARE["Zimbabwe"]),
    _unusual(_at(12, 14), 4, 80, "tern_health", RARE["Zimbabwe"]),  # fewer than 100
    _inflated(_at(13, 18), 3, 600, "kite_retail", 621030, 0.6),
    _inflated(_at(14, 11), 2, 500, "orbit_taxi", 510001, 0.5),
    _inflated(_at(16, 14), 2, 300, "lumen_games", 286001, 0.4),
    _inflated(_at(18, 1), 4, 800, "sever_market", 401001, 0.8),
    _inflated(_at(19, 16), 1, 250, "palm_travel", 502012, 0.7),
    _inflated(_at(21, 12), 2, 400, "bluefin_bank", 404010, 0.3),
    _inflated(_at(17, 15), 5, 150, "tern_health", 520003, 0.6),  # thirty an hour
)

HARMLESS = (
    _unusual(_at(14, 12), 1, 900, "kite_retail", 525003),  # a campaign at one network
    _unusual(_at(20, 8), 2, 700, "bluefin_bank", 262002),
    _unusual(_at(20, 10), 8, 60, "lumen_games", RARE["Cuba"]),  # first messages to a new country
    Incident(kind="price_change", start=_at(15, 0), network=525001, price_factor=1.2),
)
"""Changes that are nobody's incident, beside weekends and the bursts of campaigns."""


def scene() -> SimulatorConfig:
    """The platform with all of it."""
    return SimulatorConfig(
        seed=6,
        start=START,
        messages_per_day=40_000,
        profile="bursty",
        bursts_per_week=3.0,
        burst_size=15_000,
        incidents=INCIDENTS + HARMLESS,
    )


@dataclass(frozen=True)
class Finding:
    """A row of watch_list."""

    watch_type: str
    since_at: datetime
    until_at: datetime
    mccmnc: str | None
    account_name: str | None
    sender: str | None

    def names(self, incident: Incident) -> bool:
        """Whether it names the incident: its kind, exactly its place, and some of its time."""
        network = None if incident.network is None else str(incident.network)
        assert incident.end is not None
        return (
            self.watch_type == TYPE_OF_KIND[incident.kind]
            and (self.mccmnc, self.account_name, self.sender) == (network, incident.account, None)
            and self.since_at < incident.end
            and self.until_at > incident.start
        )


@dataclass(frozen=True)
class Score:
    """How findings of one type and the incidents planted for it fit together.

    Args:
        planted: Incidents.
        found: Of these the ones that a finding names.
        findings: Rows of the type.
        right: Of these the ones that name an incident.
        hours_late: For each incident found, from its start to the end of its first found hour.
    """

    planted: int
    found: int
    findings: int
    right: int
    hours_late: tuple[float, ...]

    @property
    def precision(self) -> float:
        return self.right / self.findings

    @property
    def recall(self) -> float:
        return self.found / self.planted


def score(kind: str, findings: list[Finding]) -> Score:
    """Hold the findings of a kind's type against the incidents of that kind."""
    planted = [incident for incident in INCIDENTS if incident.kind == kind]
    rows = [finding for finding in findings if finding.watch_type == TYPE_OF_KIND[kind]]
    found = {
        number: min(row.since_at for row in rows if row.names(incident))
        for number, incident in enumerate(planted)
        if any(row.names(incident) for row in rows)
    }
    late = (
        (since_at + timedelta(hours=1) - planted[number].start) / timedelta(hours=1)
        for number, since_at in found.items()
    )
    return Score(
        planted=len(planted),
        found=len(found),
        findings=len(rows),
        right=sum(any(row.names(incident) for incident in planted) for row in rows),
        hours_late=tuple(late),
    )
