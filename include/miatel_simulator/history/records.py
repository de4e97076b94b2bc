"""What the records say: any stretch of the history as an Arrow table, the same whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import floor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel_simulator.config import FIELDS, SimulatorConfig
from miatel_simulator.hashing import (
    Bools,
    Float64s,
    Int64s,
    draw,
    draw_below,
    draw_chance,
    draw_unit,
    draw_weighted,
)
from miatel_simulator.history.columns import concat, make_ints, make_times, make_uuids, pick
from miatel_simulator.history.planted import Plan, choose_place
from miatel_simulator.history.prices import PRICE, find_prices
from miatel_simulator.history.receipts import find_receipts
from miatel_simulator.history.segments import Placed, join_placed
from miatel_simulator.history.traffic import DAY_SECONDS
from miatel_simulator.networks import ALL_NETWORKS, NETWORKS, Network
from miatel_simulator.senders import ACCOUNTS, FLASH_TEXTS, TEXTS, Account

NODES = 4
"""Platform nodes; each numbers its messages for itself, so ids repeat across nodes."""

_DAY_IDS = 10**9
_NODE_IDS = 1_000

SCHEMA = pa.schema(
    [
        ("sms_hub_sms_id", pa.int64()),
        ("sms_hub_switch_id", pa.int64()),
        ("sms_hub_sms_time", pa.timestamp("us", tz="UTC")),
        ("sms_hub_mccmnc_id", pa.int64()),
        ("sms_hub_mccmnc_name", pa.string()),
        ("src_num", pa.string()),
        ("dst_num", pa.string()),
        ("username", pa.string()),
        ("message_body", pa.string()),
        ("segment_num", pa.int64()),
        ("segment_total", pa.int64()),
        ("segment_id", pa.string()),
        ("dlr_code", pa.int64()),
        ("dlr_time", pa.timestamp("us", tz="UTC")),
        ("message_id", pa.string()),
        ("resp_code", pa.int64()),
        ("sms_hub_currency_name", pa.string()),
        ("price", PRICE),
        ("remote_ip", pa.string()),
    ]
)
"""One row per record, times in UTC, prices exact."""


@dataclass(frozen=True)
class Stretch:
    """The slots ``first`` to ``last`` (exclusive) of one day."""

    day: int
    first: int
    last: int


class History:
    """The platform's records: counted and made on demand, never stored."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._config = config
        self._plan = Plan(config)

    def find(self, start: datetime, end: datetime, now: datetime) -> list[Stretch]:
        """Find the records in ``[start, end)`` that the platform has received by ``now``."""
        begin = floor(start.timestamp())
        stop = min(floor(end.timestamp()), floor(now.timestamp()) + 1)
        stretches = []
        for day in range(begin // DAY_SECONDS, -(-stop // DAY_SECONDS)):
            upto = self._plan.upto(day)
            first = int(upto[max(begin - day * DAY_SECONDS, 0)])
            last = int(upto[min(stop - day * DAY_SECONDS, DAY_SECONDS)])
            if first < last:
                stretches.append(Stretch(day, first, last))
        return stretches

    def make(
        self, stretches: list[Stretch], now: datetime, positions: Int64s | None = None
    ) -> pa.Table:
        """Make the records of some stretches, in order of time.

        Args:
            stretches: What ``find`` gave.
            now: Which receipts have arrived.
            positions: Make only these of the records, counted from 0 over all stretches, ascending.

        Returns:
            A table with ``SCHEMA``.
        """
        parts, before = [], 0
        for stretch in stretches:
            size = stretch.last - stretch.first
            if positions is None:
                slots = np.arange(stretch.first, stretch.last, dtype=np.int64)
            else:
                bounds = np.searchsorted(positions, (before, before + size))
                slots = stretch.first + positions[bounds[0] : bounds[1]] - before
            before += size
            if len(slots):
                parts.append(self._plan.place(stretch.day, slots))
        if not parts:
            return SCHEMA.empty_table()
        return _describe(self._config, join_placed(parts), now.timestamp())


def _describe(config: SimulatorConfig, placed: Placed, now: float) -> pa.Table:
    """Fill in every field of the records."""
    seed, message = config.seed, placed.message_key
    account = draw_weighted(seed, "account", message, _weights(ACCOUNTS))
    network = draw_weighted(seed, "network", message, _weights(NETWORKS))
    account, network = choose_place(config, placed, account, network)
    flash_share = np.array([item.flash_share for item in ACCOUNTS])[account]
    is_flash = (draw_unit(seed, "flash", message) < flash_share) & (placed.segment_total == 1)
    columns = {
        **_identity(seed, placed),
        **_route(config, placed, network),
        **_submission(seed, placed, account, is_flash),
        **_outcome(config, placed, account, network, now),
    }
    return pa.table([columns[name] for name in FIELDS], schema=SCHEMA)


def _weights(items: tuple[Account, ...] | tuple[Network, ...]) -> Float64s:
    return np.array([item.weight for item in items], dtype=np.float64)


def _identity(seed: int, placed: Placed) -> dict[str, pa.Array]:
    node = draw_below(seed, "node", placed.message_key, NODES)
    day = placed.second // DAY_SECONDS
    message_id = make_uuids(
        draw(seed, "message id", placed.message_key), draw(seed, "message id 2", placed.message_key)
    )
    return {
        "sms_hub_sms_id": make_ints(day * _DAY_IDS + placed.slot + node * _NODE_IDS),
        "sms_hub_switch_id": make_ints(node + 1),
        "sms_hub_sms_time": make_times(placed.second),
        "message_id": message_id,
        "segment_num": make_ints(placed.segment_num),
        "segment_total": make_ints(placed.segment_total),
        "segment_id": _segment_ids(seed, placed),
    }


def _segment_ids(seed: int, placed: Placed) -> pa.Array:
    """Composite messages share an id; a single one has an id of its own, an empty one or none."""
    ids = make_uuids(
        draw(seed, "segment id", placed.message_key), draw(seed, "segment id 2", placed.message_key)
    )
    choice = draw_below(seed, "single's id", placed.message_key, 5)
    choice[placed.segment_total > 1] = 0
    kinds = pick(["own", "empty", None, None, None], choice)
    return pc.case_when(
        pa.StructArray.from_arrays(
            [pc.equal(kinds, "own"), pc.equal(kinds, "empty")], ["own", "empty"]
        ),
        ids,
        "",
    )


def _route(config: SimulatorConfig, placed: Placed, network: Int64s) -> dict[str, pa.Array]:
    subscriber = _subscribers(config, placed)
    # No country's subscriber numbers begin with 000: these numbers belong to nobody.
    prefixes = [item.dialing_code + "000" for item in ALL_NETWORKS]
    mccmnc_ids = np.array([item.mccmnc_id for item in ALL_NETWORKS])
    return {
        "sms_hub_mccmnc_id": make_ints(mccmnc_ids[network]),
        "sms_hub_mccmnc_name": pick([item.name for item in ALL_NETWORKS], network),
        "dst_num": concat(pick(prefixes, network), make_ints(subscriber).cast(pa.string())),
    }


def _subscribers(config: SimulatorConfig, placed: Placed) -> Int64s:
    """Draw numbers of seven digits, or count them up where an incident does."""
    seed = config.seed
    subscriber = draw_below(seed, "subscriber", placed.message_key, 9_000_000) + 1_000_000
    for number, incident in enumerate(config.incidents):
        if incident.kind == "sequential_numbers":
            key = np.array([number], dtype=np.uint64)
            first = draw_below(seed, "first number", key, 8_000_000)[0] + 1_000_000
            follows = first + placed.number % 1_000_000
            subscriber = np.where(placed.incident == number, follows, subscriber)
    return subscriber


def _submission(seed: int, placed: Placed, account: Int64s, is_flash: Bools) -> dict[str, pa.Array]:
    message = placed.message_key
    senders = [sender for item in ACCOUNTS for sender in item.senders]
    sizes = np.array([len(item.senders) for item in ACCOUNTS])
    first = np.cumsum(sizes) - sizes
    sender = first[account] + draw_below(seed, "sender", message, sizes[account])
    # A flash call may have no sender; half of ours do.
    no_sender = is_flash & draw_chance(seed, "no sender", message, 0.5)
    return {
        "username": pick([item.username for item in ACCOUNTS], account),
        "src_num": pick([*senders, None], np.where(no_sender, len(senders), sender)),
        "message_body": _texts(seed, placed, is_flash),
        "remote_ip": pick([item.address for item in ACCOUNTS], account),
    }


def _texts(seed: int, placed: Placed, is_flash: Bools) -> pa.Array:
    templates = [*TEXTS, *FLASH_TEXTS]
    before, _, after = zip(*(template.partition("{}") for template in templates), strict=True)
    message = placed.message_key
    choice = draw_below(seed, "text", message, len(TEXTS))
    flash_choice = len(TEXTS) + draw_below(seed, "flash text", message, len(FLASH_TEXTS))
    choice = np.where(is_flash, flash_choice, choice)
    number = draw_below(seed, "code", message, 900_000) + 100_000
    number = np.where(is_flash, number // 100, number)
    parts = ["", *(f" ({number}/{total})" for total in (2, 3, 4) for number in range(1, total + 1))]
    total = placed.segment_total
    part = np.where(total > 1, total * (total - 1) // 2 + placed.segment_num - 1, 0)
    digits = make_ints(number).cast(pa.string())
    return concat(pick(before, choice), digits, pick(after, choice), pick(parts, part))


def _outcome(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s, now: float
) -> dict[str, pa.Array]:
    receipts = find_receipts(config, placed, account, network, now)
    free = receipts.resp_code != 0  # a refused message costs nothing
    return {
        "resp_code": make_ints(receipts.resp_code),
        "dlr_code": make_ints(receipts.dlr_code, receipts.has_code),
        "dlr_time": make_times(receipts.dlr_time, receipts.has_time),
        "sms_hub_currency_name": pick([item.currency for item in ACCOUNTS], account),
        "price": find_prices(config, placed, account, network, free),
    }
