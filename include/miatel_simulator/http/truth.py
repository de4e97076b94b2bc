"""What the platform really holds, for tests to compare with: counts, identities, records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.history.records import History
from miatel_simulator.history.traffic import DAY_SECONDS
from miatel_simulator.http.render import drop_missing

_EPOCH = date(1970, 1, 1)
Identity = tuple[int, int] | tuple[str, int]


class Truth:
    """The history as of a moment; every period is half-open and aware."""

    def __init__(self, config: SimulatorConfig, history: History, now: datetime) -> None:
        self._config = config
        self._history = history
        self._now = now

    def table(self, start: datetime, end: datetime) -> pa.Table:
        """Give the records in order of time, with nulls where the answers lack a field."""
        stretches = self._history.find(start, end, self._now)
        return drop_missing(self._config, self._history.make(stretches, self._now))

    def count(self, start: datetime, end: datetime) -> int:
        """Count the records without making them."""
        return sum(part.last - part.first for part in self._history.find(start, end, self._now))

    def count_by_day(self, start: datetime, end: datetime) -> dict[date, int]:
        """Count the records of every GMT day that the period touches, empty days included."""
        counts = {
            _EPOCH + timedelta(days=day): 0
            for day in range(
                int(start.timestamp()) // DAY_SECONDS, -(-int(end.timestamp()) // DAY_SECONDS)
            )
        }
        for part in self._history.find(start, end, self._now):
            counts[_EPOCH + timedelta(days=part.day)] = part.last - part.first
        return counts

    def identities(self, start: datetime, end: datetime) -> list[Identity]:
        """Give ``(sms_hub_switch_id, sms_hub_sms_id)``, else ``(message_id, segment_num)``."""
        table = self.table(start, end)
        names = identity_fields(self._config)
        return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def identity_fields(config: SimulatorConfig) -> tuple[str, str]:
    """Name the two fields that identify a record in this platform's answers."""
    if {"sms_hub_switch_id", "sms_hub_sms_id"} & set(config.drop_fields):
        return "message_id", "segment_num"
    return "sms_hub_switch_id", "sms_hub_sms_id"


def default_period(config: SimulatorConfig, now: datetime) -> tuple[datetime, datetime]:
    """Give the period that holds every record so far."""
    latest = datetime.fromtimestamp(int(now.timestamp()) + 1, UTC)
    end = latest if config.end is None else min(config.end, latest)
    return config.start, max(config.start, end)
