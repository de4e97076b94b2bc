"""Which records belong together: the layout of composite messages over the slots of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.hashing import Int64s, UInt64s, draw_below, draw_chance
from miatel_simulator.history.traffic import DAY_SECONDS, DayTraffic, Traffic

RUN = 12
"""Slots are laid out in runs of this many, so that any slot's place needs only its run."""

MAX_SPREAD_SECONDS = 2
"""Segments of one message are received within this time, else they were never one message."""

_LAYOUTS = (
    (1,) * RUN,
    (2, 1, 1, 3, 1, 4),
    (1, 2, 1, 2, 1, 1, 1, 2, 1),
    (1, 1, 3, 1, 1, 1, 1, 1, 2),
    (4, 1, 1, 2, 1, 1, 1, 1),
    (1, 3, 3, 1, 2, 2),
)


def _layout_tables() -> tuple[Int64s, Int64s]:
    """For every layout and place in the run: where its message begins, and how long it is."""
    heads = [np.repeat(np.cumsum((0, *layout[:-1])), layout) for layout in _LAYOUTS]
    totals = [np.repeat(layout, layout) for layout in _LAYOUTS]
    return np.array(heads, dtype=np.int64), np.array(totals, dtype=np.int64)


_HEADS, _TOTALS = _layout_tables()


@dataclass(frozen=True)
class Placed:
    """Records and their places in time and in messages; arrays of equal length.

    Args:
        second: Unix time of each record.
        slot: Place of each record in its day.
        key: The record's own key for draws, unique in the history.
        message_key: The key of its message's first segment.
        segment_num: From 1.
        segment_total: From 1 to 4.
        incident: Place in the configuration of the incident that added the record; -1 for none.
        number: The record's number within that incident, from 0; 0 for none.
    """

    second: Int64s
    slot: Int64s
    key: UInt64s
    message_key: UInt64s
    segment_num: Int64s
    segment_total: Int64s
    incident: Int64s
    number: Int64s

    def take(self, positions: Int64s) -> Placed:
        """Give the records at some positions, in that order."""
        return Placed(**{name: getattr(self, name)[positions] for name in _FIELDS})


_FIELDS = tuple(Placed.__dataclass_fields__)


def place_slots(config: SimulatorConfig, traffic: Traffic, day: int, slots: Int64s) -> Placed:
    """Place some of a day's slots, in the order given.

    The result for a slot doesn't depend on which other slots are asked for.
    """
    today = traffic.day(day)
    from_yesterday = _straddles(config, traffic.day(day - 1), today)
    into_tomorrow = _straddles(config, today, traffic.day(day + 1))
    head, total = _lay_out(config, today, slots, from_yesterday, into_tomorrow)
    number = slots - head + 1
    message_key = _keys(day, head)
    if from_yesterday:
        first = slots == 0
        number[first], total[first] = 2, 2
        message_key[first] = _keys(day - 1, np.array([traffic.day(day - 1).total - 1]))[0]
    if into_tomorrow:
        total[slots == today.total - 1] = 2
    return Placed(
        second=today.seconds_of(slots) + day * DAY_SECONDS,
        slot=slots,
        key=_keys(day, slots),
        message_key=message_key,
        segment_num=number,
        segment_total=total,
        incident=np.full(len(slots), -1, dtype=np.int64),
        number=np.zeros(len(slots), dtype=np.int64),
    )


def join_placed(parts: list[Placed]) -> Placed:
    """Put the records of several days one after the other."""
    return Placed(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in _FIELDS})


def _lay_out(
    config: SimulatorConfig,
    today: DayTraffic,
    slots: Int64s,
    from_yesterday: bool,
    into_tomorrow: bool,
) -> tuple[Int64s, Int64s]:
    """Give each slot's first slot and number of slots, composites that can't be broken up."""
    run, place = np.divmod(slots, RUN)
    run_keys = _keys(today.day, run)
    layout = 1 + draw_below(config.seed, "layout", run_keys, len(_LAYOUTS) - 1)
    layout[~draw_chance(config.seed, "composite", run_keys, config.composite_share)] = 0
    head = run * RUN + _HEADS[layout, place]
    total = _TOTALS[layout, place]
    last = head + total - 1
    # A slot that belongs to the neighbouring day's message can't belong to one of this day too.
    possible = (head >= int(from_yesterday)) & (last < today.total - int(into_tomorrow))
    bounded = np.minimum(last, max(today.total - 1, 0))
    spread = today.seconds_of(bounded) - today.seconds_of(head)
    whole = possible & (spread <= MAX_SPREAD_SECONDS)
    return np.where(whole, head, slots), np.where(whole, total, 1)


def _straddles(config: SimulatorConfig, before: DayTraffic, after: DayTraffic) -> bool:
    """Whether the last record of a day and the first of the next form one message."""
    if not (before.total and after.total and config.composite_share):
        return False
    last = before.seconds_of(np.array([before.total - 1]))[0]
    first = after.seconds_of(np.array([0]))[0] + DAY_SECONDS
    return bool(first - last <= MAX_SPREAD_SECONDS)


def _keys(day: int, slots: Int64s) -> UInt64s:
    keys: UInt64s = (np.int64(day) << np.int64(32) | slots).astype(np.uint64)
    return keys
