"""Receipts that arrive up to 72 h late are fetched by the daily runs, and never go back."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, say_same_account, utc

START, END = utc(2026, 1, 1), utc(2026, 1, 11)
HORIZON = timedelta(hours=72)
DAY = timedelta(days=1)


def run_daily(simulator, lake, lookback_hours=72):
    """A run after each midnight, some time past the horizon; returns the sum of what came."""
    received, reports = 0, []
    for number in range(10 + 4):
        begin = START + number * DAY
        now = begin + DAY + timedelta(minutes=10)
        simulator.set_now(now)
        job = extraction(simulator.url, lake, clock=lambda now=now: now)
        reports.append(job.land_interval(begin, begin + DAY, lookback_hours=lookback_hours))
        received += reports[-1].bytes_received
    return received, reports


@pytest.fixture(scope="module")
def config():
    return SimulatorConfig(
        start=START,
        end=END,
        messages_per_day=1_500,
        order="shuffled",
        max_receipt_delay_hours=72,
        ip_auth_key=KEY,
    )


@pytest.fixture(scope="module")
def daily(config, tmp_path_factory):
    lake = tmp_path_factory.mktemp("daily")
    with serve(config) as simulator:
        received, reports = run_daily(simulator, lake)
        assert_landed_equals_truth(lake, simulator, START, END + 4 * DAY)
        requests = len(simulator.requests())
    return lake, received, reports, requests


def test_after_the_horizon_every_state_equals_the_truth(daily):
    _, _, reports, _ = daily
    assert reports[0].open_receipts > 0
    # What the simulator never sends a receipt for stays open, is reported, and no longer asked for.
    assert reports[-1].requests == 1
    assert reports[-1].open_receipts == 0
    assert sum(report.expired_receipts for report in reports) > 0


def test_only_what_waits_is_asked_for_again(daily, config, tmp_path):
    _, received, _, requests = daily
    with serve(config) as simulator:
        whole = 0
        for number in range(10 + 4):
            begin = START + number * DAY
            now = begin + DAY + timedelta(minutes=10)
            simulator.set_now(now)
            job = extraction(simulator.url, tmp_path, clock=lambda now=now: now)
            since = max(START, begin - HORIZON)
            whole += job.land_range(since, begin + DAY, reload=True).bytes_received
        assert_landed_equals_truth(tmp_path, simulator, START, END + 4 * DAY)
    assert received < whole
    assert requests == 14  # what waits is asked for together with the interval


def test_without_lookback_the_states_are_those_of_the_first_day(config, daily, tmp_path):
    lake, *_ = daily
    with serve(config) as simulator:
        run_daily(simulator, tmp_path, lookback_hours=0)
    count = "select count(*) from '{}/raw/mdr/*/mdr.parquet' where dlr_code = 2"
    late = duckdb.sql(count.format(lake)).fetchone()[0]
    early = duckdb.sql(count.format(tmp_path)).fetchone()[0]
    assert early < late


def test_a_state_never_goes_back(daily, config):
    lake, *_ = daily
    final = "select * from '{}/raw/mdr/mdr_date=2026-01-01/mdr.parquet' order by all"
    before = duckdb.sql(final.format(lake)).fetchall()
    with serve(replace(config, date="host")) as simulator:
        simulator.set_now(START + DAY)  # a stale replica, with nearly no receipt yet
        say_same_account(simulator.url, lake)
        extraction(simulator.url, lake).land_range(START, START + DAY, reload=True)
    after = duckdb.sql(final.format(lake)).fetchall()
    assert after == before
