"""Receipts that arrive up to 72 h late are fetched by the daily runs, and never go back."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, say_same_account, utc

START, END = utc(2026, 1, 1), utc(2026, 1, 11)
DAY = timedelta(days=1)


def run_daily(simulator, lake, lookback_hours=72):
    """A run after each midnight, some time past the horizon; returns what each reported."""
    reports = []
    for number in range(10 + 4):
        begin = START + number * DAY
        now = begin + DAY + timedelta(minutes=10)
        simulator.set_now(now)
        job = extraction(simulator.url, lake, clock=lambda now=now: now)
        reports.append(job.land_interval(begin, begin + DAY, lookback_hours=lookback_hours))
    return reports


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
        reports = run_daily(simulator, lake)
        assert_landed_equals_truth(lake, simulator, START, END + 4 * DAY)
        requests = len(simulator.requests())
    return lake, reports, requests


def test_after_the_horizon_every_state_equals_the_truth(daily):
    _, reports, _ = daily
    assert reports[0].open_receipts > 0
    # What the simulator never sends a receipt for stays open, is reported, and no longer asked for:
    # the last run asks for its interval, and as always for the day before.
    assert reports[-1].requests == 2
    assert list(reports[-1].days_asked.values()) == ["day before"]
    assert reports[-1].open_receipts == 0
    assert sum(report.expired_receipts for report in reports) > 0


def test_a_day_is_asked_for_in_its_lookback_and_never_again(daily):
    _, reports, requests = daily
    asked = [day for report in reports for day in report.days_asked]
    for number in range(10 + 4):
        day = (START + number * DAY).date()
        # Each full day holds something that waits; of the empty ones only the day before is asked.
        followers = 10 + 4 - 1 - number
        assert asked.count(day.isoformat()) == min(3 if day < END.date() else 1, followers), day
    # The interval, and the days before it at once: those of the last but one run lie apart.
    assert requests == 1 + 2 * 11 + 3 + 2


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
