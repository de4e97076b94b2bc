"""Whatever sequence of outages, faults and runs: in the end nothing is missing, and all is true."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import MiatelError
from miatel.lake.failed_gaps import read_failed_gaps
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.daily_runs import DailyRuns
from tests.support.examples import examples
from tests.support.landed import KEY, assert_landed_equals_truth, utc

START = utc(2026, 1, 1)
KINDS = (
    "http_500",
    "half_json",
    "html",
    "empty",
    "cut_body",
    "reset_before",
    "busy_error",
    "stray",
)
UNTIL_WELL = 10
"""Runs without a fault until all is healed: a week's rest of what failed, and some to spare."""

OUTAGE = st.tuples(st.just("outage"), st.integers(1, 12))
FAULTY_RUN = st.tuples(
    st.just("run"),
    st.builds(
        FaultPlan,
        rate=st.sampled_from([0.0, 0.2, 0.6, 1.0]),
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
        seed=st.integers(1, 1_000),
    ),
)
FAILS_AFTER_THE_INTERVAL = st.tuples(
    st.just("run"),
    st.builds(
        lambda first, last, kind: FaultPlan(at=dict.fromkeys(range(first, last), kind)),
        st.integers(2, 4),
        st.integers(4, 12),
        st.sampled_from(KINDS),
    ),
)
PART = st.tuples(st.just("part"), st.integers(1, 23))
EVENTS = st.lists(st.one_of(OUTAGE, FAULTY_RUN, FAILS_AFTER_THE_INTERVAL, PART), max_size=9)


@pytest.fixture(scope="module")
def simulator():
    config = SimulatorConfig(
        start=START, now=START, messages_per_day=24, profile="steady", max_receipt_delay_hours=0,
        cap=30, ip_auth_key=KEY,
    )  # fmt: skip
    with serve(config) as running:
        yield running


@examples(15)
@given(EVENTS)
def test_in_the_end_everything_since_the_first_landed_second_is_landed(simulator, events):
    with tempfile.TemporaryDirectory() as directory:
        runs = DailyRuns(simulator, Path(directory), START, cap=30)
        day = 0
        runs.run(day)
        for what, how in events:
            day += 1
            if what == "outage":
                day += how
            elif what == "part":
                runs.history(day, day + how / 24, day + 1)
            else:
                try:
                    runs.run(day, faults=how)
                except MiatelError:  # red: the interval or the lookback failed
                    continue
        for _ in range(UNTIL_WELL):
            day += 1
            report, _ = runs.run(day)
        assert runs.gaps() == []
        assert report.gap_seconds_left == 0
        assert read_failed_gaps(runs.lake) == []
        assert_landed_equals_truth(directory, simulator, START, runs.midnight(day + 1))
