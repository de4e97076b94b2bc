"""What a segment costs: the list's price by network and account, until an incident changes it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.hashing import Bools, Int64s
from miatel_simulator.history.planted import is_at
from miatel_simulator.history.segments import Placed
from miatel_simulator.networks import ALL_NETWORKS
from miatel_simulator.senders import ACCOUNTS

PRICE = pa.decimal128(38, 18)


def find_prices(
    config: SimulatorConfig, placed: Placed, account: Int64s, network: Int64s, free: Bools
) -> pa.Array:
    """Give each record's price.

    Args:
        config: Incidents of the kind ``price_change``; the last one that fits a record counts.
        placed: The records.
        account: Position in ``ACCOUNTS`` of each.
        network: Position in ``ALL_NETWORKS`` of each.
        free: Which of them cost nothing.
    """
    prices = list(_LIST)
    position = network * len(ACCOUNTS) + account
    for incident in config.incidents:
        if incident.kind == "price_change":
            here = is_at(incident, placed, account, network)
            position = np.where(here, position % len(_LIST) + len(prices), position)
            prices += [price * Decimal(str(incident.price_factor)) for price in _LIST]
    position = np.where(free, len(prices), position)
    return pa.array([*prices, Decimal(0)], PRICE).take(pa.array(position))


_LIST = [
    Decimal(network.price) * Decimal(str(account.rate)) / 10**6
    for network in ALL_NETWORKS
    for account in ACCOUNTS
]
"""By network, then by account, in the account's currency."""
