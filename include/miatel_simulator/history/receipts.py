"""How messages end: response codes, and the delivery receipts that come later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.hashing import (
    Bools,
    Int64s,
    UInt64s,
    draw_below,
    draw_chance,
    draw_normal,
    draw_unit,
    draw_weighted,
)
from miatel_simulator.history.planted import find_failing
from miatel_simulator.history.segments import Placed
from miatel_simulator.networks import ALL_NETWORKS

_FAILED_SHARE = 0.05
_RESPONSES = {
    5010: 20, 5050: 12, 88: 14, 1009: 10, 10: 6, 5037: 8, 5036: 5, 5011: 5, 5063: 4, 1019: 3,
    69: 4, 98: 2, 255: 3, 1003: 2, 1021: 1, 5003: 1, 5085: 1, 4711: 4, 4242: 2, 77001: 1, 11: 2,
}  # fmt: skip
"""Codes of refused messages with their weights; 4711, 4242, 77001 and 11 are in no table."""

_MINUS_SHARE = 0.15

ENROUTE, DELIVERED, EXPIRED, ACCEPTED, UNDOCUMENTED = 1, 2, 3, 6, 42
_FAILURES = {EXPIRED: 40, 4: 4, 5: 38, 7: 6, 8: 12}
_UNDOCUMENTED_SHARE = 0.001
_LOST_SHARE = 0.002
_ACCEPTED_SHARE = 0.06
_ACCEPTED_SECONDS = 3
_LATE_SHARE = 0.02
_SIGMA = 1.3
_HOUR = 3600


@dataclass(frozen=True)
class Receipts:
    """Codes of records as they stand at one moment; arrays of equal length.

    Args:
        resp_code: Response code, 0 for accepted.
        dlr_code: Delivery status; meaningless where ``has_code`` is false.
        dlr_time: Unix time of the status; meaningless where ``has_time`` is false.
        has_code: Whether there is a status.
        has_time: Whether the status has a time.
    """

    resp_code: Int64s
    dlr_code: Int64s
    dlr_time: Int64s
    has_code: Bools
    has_time: Bools


def find_receipts(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s, now: float
) -> Receipts:
    """The delivery receipts that the platform has received by ``now``.

    Args:
        config: Seed and longest delay.
        placed: The records.
        account: Position in ``ACCOUNTS`` of each.
        network: Position in ``ALL_NETWORKS`` of each.
        now: Unix time; a receipt is known from its own second on.
    """
    seed = config.seed
    response = _draw_responses(seed, placed.message_key)
    final, arrives = _draw_final(config, placed, account, network)
    lost = draw_chance(seed, "lost", placed.key, _LOST_SHARE)
    arrived = (arrives <= now) & ~lost
    accepted_at = np.minimum(placed.second + _ACCEPTED_SECONDS, arrives)
    accepted = draw_chance(seed, "accepted", placed.key, _ACCEPTED_SHARE)
    accepted &= ~arrived & (accepted_at <= now)
    enroute = draw_chance(seed, "enroute", placed.key, 0.5)
    sent = response == 0
    return Receipts(
        resp_code=response,
        dlr_code=np.where(arrived, final, np.where(accepted, ACCEPTED, ENROUTE)),
        dlr_time=np.where(arrived, arrives, accepted_at),
        has_code=sent & (arrived | accepted | enroute),
        has_time=sent & (arrived | accepted),
    )


def _draw_responses(seed: int, message_keys: UInt64s) -> Int64s:
    weights = np.array(list(_RESPONSES.values()), dtype=np.float64)
    codes = np.array(list(_RESPONSES), dtype=np.int64)
    failures = codes[draw_weighted(seed, "response", message_keys, weights)]
    minus = draw_chance(seed, "minus", message_keys, _MINUS_SHARE)
    failed = draw_chance(seed, "failed", message_keys, _FAILED_SHARE)
    return np.where(failed, np.where(minus, -failures, failures), 0)


def _draw_final(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s
) -> tuple[Int64s, Int64s]:
    """Draw each record's final status and the Unix time at which its receipt comes."""
    seed = config.seed
    # Segments of one message mostly share its fate: the recipient is online or not.
    own_fate = draw_chance(seed, "own fate", placed.key, 0.1)
    fate = np.where(own_fate, placed.key, placed.message_key)
    quality = np.array([item.quality for item in ALL_NETWORKS])[network]
    weights = np.array(list(_FAILURES.values()), dtype=np.float64)
    failure = np.array(list(_FAILURES))[draw_weighted(seed, "failure", fate, weights)]
    delivered = draw_unit(seed, "delivered", fate) < quality
    delivered &= ~find_failing(config, placed, account, network, fate)
    final = np.where(delivered, DELIVERED, failure)
    odd = draw_chance(seed, "undocumented", placed.key, _UNDOCUMENTED_SHARE)
    final = np.where(odd, UNDOCUMENTED, final)

    longest = int(config.max_receipt_delay_hours * _HOUR)
    median = np.array([item.latency_seconds for item in ALL_NETWORKS])[network]
    delay = median * np.exp(_SIGMA * draw_normal(seed, "latency", placed.key))
    late = draw_chance(seed, "late", fate, _LATE_SHARE)
    delay = np.where(late, draw_unit(seed, "late by", placed.key) * longest, delay)
    validity = longest // (1 + 2 * draw_below(seed, "validity", fate, 2))  # a third of it, or all
    delay = np.where(final == EXPIRED, validity, delay)
    arrives: Int64s = placed.second + np.clip(delay, 1, max(longest, 1)).astype(np.int64)
    return final, arrives
