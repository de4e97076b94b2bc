"""Price changes planted at known places: the mart finds each of them, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from miatel_simulator import Incident, Simulator, SimulatorConfig
from miatel_simulator.networks import NETWORKS
from miatel_simulator.senders import ACCOUNTS
from tests.support.landing import land_without_http

from .conftest import Lake

START = datetime(2026, 1, 5, tzinfo=UTC)
END = START + timedelta(days=14)
ONLY_PRICES = ("--select", "+price_changes", "--resource-type", "model", "--resource-type", "seed")
LIST = {network.mccmnc_id: Decimal(network.price) / 10**6 for network in NETWORKS}
RATES = {account.username: Decimal(str(account.rate)) for account in ACCOUNTS}
ALL_ACCOUNTS = tuple(RATES)


def _at(day: int, hour: int = 0) -> datetime:
    """A time of January 2026."""
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def _price(start: datetime, factor: float, network: int | None = None, **more: Any) -> Incident:
    return Incident(kind="price_change", start=start, price_factor=factor, network=network, **more)


# What is planted, and the days and factors of the list's price from and to which it must be found.
PLANTED: tuple[tuple[Incident, tuple[tuple[int, float, float], ...]], ...] = (
    (_price(_at(8), 1.2, 525001, account="kite_retail"), ((8, 1, 1.2),)),
    (_price(_at(12), 0.9, 262001), ((12, 1, 0.9),)),  # of all accounts
    (_price(_at(9, 6), 1.5, 404010, account="orbit_taxi"), ((9, 1, 1.5),)),  # most of that day
    (_price(_at(12, 20), 1.1, 250001, account="sever_market"), ((13, 1, 1.1),)),  # its last hours
    (
        _price(_at(11), 1.4, 286001, account="bluefin_bank", seconds=3 * 86400),
        ((11, 1, 1.4), (14, 1.4, 1)),  # up and back
    ),
    (_price(_at(8), 1.1, 208001, account="lumen_games"), ((8, 1, 1.1),)),
    (_price(_at(15), 1.25, 208001, account="lumen_games"), ((15, 1.1, 1.25),)),  # a second step
    (_price(_at(12), 1.000001, 621030, account="tern_health"), ((12, 1, 1.000001),)),
    (
        _price(_at(13), 0, 515002, account="palm_travel", seconds=2 * 86400),
        ((13, 1, 0), (15, 0, 1)),  # free for two days
    ),
    (_price(_at(18), 2, 310260, account="kite_retail"), ((18, 1, 2),)),  # the last landed day
    # hours of one day are not the price of the day
    (_price(_at(14, 10), 3, 234010, account="palm_travel", seconds=7200), ()),
)


def expected() -> set[tuple[str, str, date, Decimal, Decimal]]:
    """Network, account, day, price before and after, of each change that must be found."""
    return {
        (
            str(incident.network),
            account,
            date(2026, 1, day),
            LIST[incident.network] * RATES[account] * Decimal(str(before)),
            LIST[incident.network] * RATES[account] * Decimal(str(after)),
        )
        for incident, changes in PLANTED
        for account in ([incident.account] if incident.account else ALL_ACCOUNTS)
        for day, before, after in changes
        if incident.network is not None
    }


@pytest.fixture(scope="module")
def priced(lake: Lake) -> Lake:
    """Two weeks with nights, weekends, campaigns and refused segments, landed in two runs."""
    simulator = Simulator(
        SimulatorConfig(
            seed=3,
            start=START,
            messages_per_day=20_000,
            profile="bursty",
            bursts_per_week=2.0,
            burst_size=5_000,
            incidents=tuple(incident for incident, _ in PLANTED),
        )
    )
    later = END + timedelta(days=4)
    middle = START + timedelta(days=8)
    land_without_http(lake.root, simulator, START, middle, later)
    lake.build(*ONLY_PRICES)
    land_without_http(lake.root, simulator, middle, END, later)
    lake.build(*ONLY_PRICES)
    return lake


def test_each_planted_change_is_found_and_nothing_else(priced: Lake) -> None:
    rows = priced.query("""
        select ltrim(mccmnc, '0'), account_name, changed_on_date, previous_price, price
        from marts.price_changes
    """)
    found, planted = set(rows), expected()
    right = len(found & planted)
    print(  # noqa: T201 - the figures of docs/watch.md
        f"\nprice changes: precision {right}/{len(rows)}, recall {right}/{len(planted)}"
    )
    assert len(rows) == len(found)
    assert found == planted


def test_it_says_by_how_much_and_until_when(priced: Lake) -> None:
    """Of a price that rose and came back, and of one that fell to nothing."""
    rows = priced.query("""
        select account_name, round(change_rate, 9), until_date, currency
        from marts.price_changes
        where mccmnc in ('286001', '515002')
        order by mccmnc, changed_on_date
    """)
    assert rows == [
        ("bluefin_bank", 0.4, date(2026, 1, 13), "EUR"),
        ("bluefin_bank", round(1 / 1.4 - 1, 9), None, "EUR"),
        ("palm_travel", -1.0, date(2026, 1, 14), "SGD"),
        ("palm_travel", None, None, "SGD"),
    ]
