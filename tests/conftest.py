"""What all tests share: `tests.support` by name, few salts, and property tests that repeat.

Profiles of Hypothesis: `steady` draws all examples, `quick` (of `make unit`) a few, and
`pytest --hypothesis-profile=search` looks for new counterexamples.
"""

import secrets
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.examples import ALL_PERCENT, QUICK_PERCENT
from tests.support.salts import salts_in_turn

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=ALL_PERCENT,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", settings.get_profile("steady"), max_examples=QUICK_PERCENT)
settings.register_profile("search", settings.get_profile("steady"), derandomize=False)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _few_salts():
    """New lakes take one of three salts in turn, so that a key's slow hash is not made for each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", salts_in_turn())
        yield
