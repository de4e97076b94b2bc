"""Whatever breaks on the way is mended by asking again, a bounded number of times."""

from datetime import timedelta

import pytest

from miatel import MiatelError, RetriableError, RetryPolicy
from miatel_simulator import FAULT_KINDS, FaultPlan, SimulatorConfig, count_overlaps, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

START, END = utc(2026, 1, 30), utc(2026, 2, 2)
MENDABLE = [kind for kind in FAULT_KINDS if kind not in ("lossy", "stray")]
HASTY = RetryPolicy(attempts=6, silence_seconds=0.3)


def platform(faults, **options):
    settings = {"start": START, "end": END, "now": END + timedelta(days=10), "cap": 60}
    settings |= {"messages_per_day": 200, "ip_auth_key": KEY, "date": "host", **options}
    return serve(SimulatorConfig(**settings, faults=faults))


@pytest.mark.parametrize("kind", MENDABLE)
def test_each_kind_of_fault_is_mended(tmp_path, kind):
    faults = FaultPlan(at={1: kind, 3: kind, 4: kind}, hang_seconds=0.6, slow_seconds=0.05)
    with platform(faults) as simulator:
        report = extraction(simulator.url, tmp_path, cap=60, retry=HASTY).land_range(START, END)
        assert report.rows == assert_landed_equals_truth(tmp_path, simulator, START, END)
        seen = simulator.requests()
    assert [request.fault for request in seen].count(kind) == 3
    assert count_overlaps(seen) == 0


@pytest.mark.parametrize("options", [{}, {"gzip": True, "order": "shuffled", "body": "sms"}])
def test_a_history_is_complete_though_one_request_in_ten_breaks(tmp_path, options):
    faults = FaultPlan(rate=0.1, seed=3, hang_seconds=0.6, slow_seconds=0.05)
    with platform(faults, messages_per_day=500, **options) as simulator:
        extraction(simulator.url, tmp_path, cap=20, retry=HASTY).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
        assert sum(request.fault is not None for request in simulator.requests()) >= 5


@pytest.mark.parametrize("kind", [kind for kind in MENDABLE if kind != "slow"])
def test_a_fault_that_stays_ends_the_run_after_all_attempts(tmp_path, kind):
    faults = FaultPlan(at=dict.fromkeys(range(4, 99), kind), hang_seconds=0.2)
    twice = RetryPolicy(attempts=2, silence_seconds=0.1)
    with platform(faults) as simulator:
        with pytest.raises(RetriableError):
            extraction(simulator.url, tmp_path, cap=60, retry=twice).land_range(START, END)
        assert len(simulator.requests()) <= 3 + 2 * 2
        simulator.set_faults(FaultPlan())
        extraction(simulator.url, tmp_path, cap=60).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)


def test_a_record_that_was_not_asked_for_lands_nothing_of_its_answer(tmp_path):
    with platform(FaultPlan(at={1: "stray"}), cap=1_000) as simulator:
        with pytest.raises(MiatelError, match="outside of the window"):
            extraction(simulator.url, tmp_path).land_range(START, END)
        assert not list(tmp_path.rglob("mdr.parquet"))
        extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
