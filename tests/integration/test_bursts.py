"""All of a campaign within seconds: landed whole and in few requests, whichever records come."""

from datetime import timedelta

import pytest

from miatel import WindowTooDenseError
from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

START, END = utc(2026, 1, 1), utc(2026, 1, 6)
LAST = END - timedelta(seconds=1)
MIDNIGHT = utc(2026, 1, 4)
SECOND = timedelta(seconds=1)
CAP = 200

BURSTS = {
    "two dense seconds": {MIDNIGHT: CAP - 1, MIDNIGHT + SECOND: CAP - 1},
    "over midnight": {MIDNIGHT + n * SECOND: 60 for n in range(-8, 8)},
    "in the first second": {START: CAP - 1, START + SECOND: CAP - 1},
    "in the last second": {LAST - SECOND: CAP - 1, LAST: CAP - 1},
    "after a trickle": {START + n * timedelta(hours=1): 1 for n in range(60)}
    | {MIDNIGHT + n * SECOND: 150 for n in range(5)},
}


def serve_counts(counts, **options):
    return serve(
        SimulatorConfig(
            start=START, end=END, now=END + timedelta(days=9), counts=counts, cap=CAP,
            ip_auth_key=KEY, date="host", **options,
        )
    )  # fmt: skip


@pytest.mark.parametrize("keeps", ["first", "last", "sample", "by_node"])
@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
@pytest.mark.parametrize("counts", BURSTS.values(), ids=BURSTS.keys())
def test_a_burst_is_landed_whole_in_few_requests(tmp_path, counts, order, keeps):
    with serve_counts(counts, order=order, cap_keeps=keeps) as simulator:
        extraction(simulator.url, tmp_path, cap=CAP).land_range(START, END)
        assert assert_landed_equals_truth(tmp_path, simulator, START, END) == sum(counts.values())
        assert len(simulator.requests()) <= 10 + 6 * sum(counts.values()) / CAP


@pytest.mark.parametrize("count", [CAP, 5 * CAP])
@pytest.mark.parametrize("keeps", ["first", "last", "sample", "by_node"])
def test_a_second_too_dense_is_named_and_all_around_it_is_landed(tmp_path, count, keeps):
    around = {MIDNIGHT - SECOND: 150, MIDNIGHT + SECOND: 150, START: 5, LAST: 5}
    with serve_counts(around | {MIDNIGHT: count}, cap_keeps=keeps) as simulator:
        with pytest.raises(WindowTooDenseError, match="2026-01-04T00:00:00Z"):
            extraction(simulator.url, tmp_path, cap=CAP).land_range(START, END)
        assert len(simulator.requests()) <= 40
        job = extraction(simulator.url, tmp_path, cap=CAP)
        covered = [entry.window for day in job.lake.days() for entry in job.lake.coverage(day)]
        missing = (END - START).total_seconds() - sum(window.seconds for window in covered)
        assert missing == 1
        assert sum(e.rows for d in job.lake.days() for e in job.lake.coverage(d)) == 310
