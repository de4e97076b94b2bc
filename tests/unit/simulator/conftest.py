"""A client that does nothing on its own, so that tests see what is on the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from miatel_simulator import Simulator

Get = Callable[..., requests.Response]


@pytest.fixture
def get() -> Get:
    """Ask the statistics API once; further parameters replace or join the usual ones."""

    def ask(simulator: Simulator, start: str, end: str, **parameters: str) -> requests.Response:
        usual = {"ip_auth_key": "simulator-key", "time_beg": start, "time_end": end}
        url = f"{simulator.url}/main-getData.php"
        return requests.get(url, params=usual | parameters, timeout=10)

    return ask


@pytest.fixture
def now() -> datetime:
    """A time at which all receipts of the tests' history have arrived."""
    return datetime(2026, 2, 1, tzinfo=UTC)
