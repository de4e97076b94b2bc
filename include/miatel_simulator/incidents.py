"""Incidents that can be planted into the history: what goes wrong, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal, get_args

from miatel_simulator.checks import ConfigError, check_choice, check_time
from miatel_simulator.networks import ALL_NETWORKS
from miatel_simulator.senders import ACCOUNTS

IncidentKind = Literal[
    "delivery_drop", "sequential_numbers", "unusual_destination", "inflated", "price_change"
]
INCIDENT_KINDS: tuple[str, ...] = get_args(IncidentKind)

_ADDS = ("sequential_numbers", "unusual_destination", "inflated")
_FAILS = ("delivery_drop", "inflated")
_USERNAMES = tuple(account.username for account in ACCOUNTS)
_MCCMNC_IDS = tuple(network.mccmnc_id for network in ALL_NETWORKS)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something that goes wrong at a known place and time; the other records stay as they were.

    `delivery_drop`: a share of the messages that would be delivered fails. `sequential_numbers`:
    added messages to consecutive numbers. `unusual_destination`: added messages to a network.
    `inflated`: added messages of which a share fails. `price_change`: another price per segment.

    Args:
        kind: What happens.
        start: Its first second, aware.
        seconds: How long it lasts, at least 1; None for good, which only a price can.
        network: The vendor's number of the network (525001); None for all. Added messages need one.
        account: The account's name; None for all. Added messages need one.
        messages: How many single-segment messages are added, spread evenly.
        failing_share: Share of messages that fail though they would be delivered, 0 to 1.
        price_factor: How many times the list price a segment costs.

    Raises:
        ConfigError: A setting is wrong, missing, or means nothing to this kind.
    """

    kind: IncidentKind
    start: datetime
    seconds: int | None = None
    network: int | None = None
    account: str | None = None
    messages: int = 0
    failing_share: float = 0.0
    price_factor: float = 1.0

    def __post_init__(self) -> None:
        check_choice("incident kind", self.kind, INCIDENT_KINDS)
        check_time("incident start", self.start)
        check_choice("incident network", self.network, (None, *_MCCMNC_IDS))
        check_choice("incident account", self.account, (None, *_USERNAMES))
        if self.seconds is None and self.kind != "price_change":
            self._refuse("needs seconds")
        if self.seconds is not None and self.seconds < 1:
            self._refuse("needs at least 1 second")
        if (self.kind in _ADDS) != (self.messages > 0) or self.messages < 0:
            self._refuse(f"messages belongs to {', '.join(_ADDS)}, and these need it above 0")
        if self.kind in _ADDS and (self.network is None or self.account is None):
            self._refuse("adds messages, which need a network and an account")
        if (self.kind in _FAILS) != (self.failing_share > 0) or not 0 <= self.failing_share <= 1:
            self._refuse(f"failing_share belongs to {', '.join(_FAILS)}: above 0, at most 1")
        if (self.kind == "price_change") != (self.price_factor != 1) or self.price_factor < 0:
            self._refuse("price_factor belongs to price_change: not 1, not negative")

    def _refuse(self, why: str) -> None:
        raise ConfigError(f"incident {self.kind}: {why}")

    @property
    def end(self) -> datetime | None:
        """The second after its last; None for good."""
        return None if self.seconds is None else self.start + timedelta(seconds=self.seconds)

    @property
    def first_second(self) -> int:
        """Unix time of its first whole second."""
        return ceil(self.start.timestamp())

    @property
    def adds_messages(self) -> bool:
        """Whether it has messages of its own."""
        return self.kind in _ADDS
