"""The messages that incidents add, beside the usual ones and without changing any of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.hashing import Bools, Int64s, UInt64s, draw_chance
from miatel_simulator.history.segments import Placed, join_placed, place_slots
from miatel_simulator.history.traffic import CACHED_DAYS, DAY_SECONDS, DayTraffic, Traffic
from miatel_simulator.incidents import Incident
from miatel_simulator.networks import ALL_NETWORKS
from miatel_simulator.senders import ACCOUNTS

_SLOTS_FROM = 500_000_000
"""Added messages have slots from here on, so that none is one of the usual records."""


@dataclass(frozen=True)
class Lane:
    """One incident's messages of one GMT day.

    Args:
        incident: Its place in the configuration.
        before: ``before[s]`` of its messages come before second ``s``, those of earlier days
            included; 86,401 numbers.
        upto: ``upto[s]`` of them come before second ``s`` within the day and within the history's
            bounds; 86,401 numbers.
    """

    incident: int
    before: Int64s
    upto: Int64s


class Plan:
    """Where all records stand: the usual ones of a second first, then those of each incident."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._config = config
        self._traffic = Traffic(config)
        self._lanes = lru_cache(maxsize=CACHED_DAYS)(self._make_lanes)

    def upto(self, day: int) -> Int64s:
        """Count the records before each second of a day, 86,401 numbers."""
        return sum((lane.upto for lane in self._lanes(day)), start=self._traffic.day(day).upto)

    def place(self, day: int, slots: Int64s) -> Placed:
        """Place some records of a day, counted from 0 in order of time, ascending."""
        lanes = self._lanes(day)
        if not lanes:
            return place_slots(self._config, self._traffic, day, slots)
        today = self._traffic.day(day)
        second = DayTraffic(day, self.upto(day)).seconds_of(slots)
        rank = slots - self.upto(day)[second]
        count = np.diff(today.upto)[second]
        usual = rank < count
        usual_slots = today.upto[second[usual]] + rank[usual]
        parts = [place_slots(self._config, self._traffic, day, usual_slots)]
        origins = [np.flatnonzero(usual)]
        rank = rank - count
        for lane in lanes:
            count = np.diff(lane.upto)[second]
            mine = np.flatnonzero((rank >= 0) & (rank < count))
            number = lane.before[second[mine]] + rank[mine]
            parts.append(_place_lane(lane, second[mine] + day * DAY_SECONDS, slots[mine], number))
            origins.append(mine)
            rank = rank - count
        return join_placed(parts).take(np.argsort(np.concatenate(origins)))

    def _make_lanes(self, day: int) -> list[Lane]:
        seconds = np.arange(DAY_SECONDS + 1, dtype=np.int64) + day * DAY_SECONDS
        lanes = []
        for number, incident in enumerate(self._config.incidents):
            if incident.adds_messages:
                before = _count_before(incident, seconds)
                counts = np.where(self._is_within(seconds[:-1]), np.diff(before), 0)
                if counts.any():
                    upto = np.concatenate([[0], np.cumsum(counts)])
                    lanes.append(Lane(number, before, upto))
        return lanes

    def _is_within(self, seconds: Int64s) -> Bools:
        """Find which seconds lie between the history's start and end."""
        within: Bools = seconds >= ceil(self._config.start.timestamp())
        if self._config.end is not None:
            within &= seconds < ceil(self._config.end.timestamp())
        return within


def _count_before(incident: Incident, seconds: Int64s) -> Int64s:
    """Count the incident's messages before each Unix time."""
    length = incident.seconds or 1
    return np.clip(seconds - incident.first_second, 0, length) * incident.messages // length


def _place_lane(lane: Lane, second: Int64s, slots: Int64s, number: Int64s) -> Placed:
    """Place an incident's messages, given their Unix times, slots and numbers within it."""
    key = (np.uint64(1 << 63) | np.uint64(lane.incident << 40)) + number.astype(np.uint64)
    one = np.ones(len(number), dtype=np.int64)
    return Placed(
        second=second,
        slot=_SLOTS_FROM + slots,
        key=key,
        message_key=key,
        segment_num=one,
        segment_total=one,
        incident=np.full(len(number), lane.incident, dtype=np.int64),
        number=number,
    )


def choose_place(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s
) -> tuple[Int64s, Int64s]:
    """Replace the drawn account and network (positions) of added messages by their incident's."""
    for number, incident in enumerate(config.incidents):
        if incident.adds_messages:
            mine = placed.incident == number
            account = np.where(mine, _account_position(incident), account)
            network = np.where(mine, _network_position(incident), network)
    return account, network


def find_failing(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s, fate: UInt64s
) -> Bools:
    """Find which records an incident makes fail; ``fate`` is the key of the record's own fate."""
    failing = np.zeros(len(fate), dtype=np.bool_)
    for number, incident in enumerate(config.incidents):
        if incident.adds_messages:
            here = placed.incident == number
        else:
            here = is_at(incident, placed, account, network)
        failing |= here & draw_chance(
            config.seed, f"incident {number}", fate, incident.failing_share
        )
    return failing


def is_at(incident: Incident, placed: Placed, account: Int64s, network: Int64s) -> Bools:
    """Find which records lie at the incident's time and place."""
    here: Bools = placed.second >= incident.first_second
    if incident.seconds is not None:
        here &= placed.second < incident.first_second + incident.seconds
    if incident.account is not None:
        here &= account == _account_position(incident)
    if incident.network is not None:
        here &= network == _network_position(incident)
    return here


def _account_position(incident: Incident) -> int:
    return [account.username for account in ACCOUNTS].index(incident.account or "")


def _network_position(incident: Incident) -> int:
    return [network.mccmnc_id for network in ALL_NETWORKS].index(incident.network or 0)
