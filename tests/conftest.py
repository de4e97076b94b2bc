"""What all tests share: `tests.support` by name, and property tests that are the same every time.

Profiles of Hypothesis: `steady` draws all examples, `quick` (of `make unit`) a few, and
`pytest --hypothesis-profile=search` looks for new counterexamples.
"""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.examples import ALL_PERCENT, QUICK_PERCENT

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
