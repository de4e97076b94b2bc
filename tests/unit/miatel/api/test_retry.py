"""How long a failed request waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import RetriableError, RetryPolicy


@given(st.integers(1, 2_000), st.floats(0.1, 10), st.floats(10, 300))
def test_waits_double_up_to_a_bound_and_never_return_in_step(
    failures: int, base: float, longest: float
) -> None:
    policy = RetryPolicy(base_seconds=base, longest_seconds=longest)
    bound = min(base * 2.0 ** min(failures - 1, 60), longest)
    waits = {policy.wait_seconds(failures, RetriableError("")) for _ in range(5)}
    assert all(bound / 2 <= wait <= bound for wait in waits)
    assert len(waits) > 1


@pytest.mark.parametrize(("asked", "waited"), [(17, 17), (119.5, 119.5), (86_400, 120)])
def test_retry_after_is_obeyed_within_reason(asked: float, waited: float) -> None:
    error = RetriableError("", retry_after_seconds=asked)
    assert RetryPolicy().wait_seconds(5, error) == waited


@given(st.integers(1, 20), st.floats(0, 2))
def test_a_server_that_says_at_once_does_not_shorten_the_wait(failures: int, asked: float) -> None:
    policy = RetryPolicy(base_seconds=4, longest_seconds=60)
    usual = min(4 * 2.0 ** (failures - 1), 60)
    wait = policy.wait_seconds(failures, RetriableError("", retry_after_seconds=asked))
    assert usual / 2 <= wait <= usual
