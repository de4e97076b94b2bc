"""A scheduled run also lands what the lookback before it lacks: gaps, and states that were open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from miatel.coverage_report import report_coverage
from miatel.lake import open_lake
from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, rows_with_extra, utc

START = utc(2026, 1, 1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def simulator():
    config = SimulatorConfig(
        start=START, now=START + 3 * DAY, messages_per_day=600, profile="steady", ip_auth_key=KEY
    )
    with serve(config) as running:
        yield running


def job_at(simulator, lake, now, **options):
    simulator.set_now(now)
    return extraction(simulator.url, lake, clock=lambda: now, **options)


def windows_asked(simulator):
    return [(request.start, request.end) for request in simulator.requests()]


@pytest.mark.parametrize("cap", [100, 5_000])
def test_gaps_between_open_receipts_are_filled_and_nothing_is_landed_twice(
    simulator, tmp_path, cap
):
    simulator.config = replace(simulator.config, cap=cap)
    early = job_at(simulator, tmp_path, START + DAY + HOUR, cap=cap)
    for first, last in [(0, 5), (7, 8), (12, 24)]:
        early.land_range(START + first * HOUR, START + last * HOUR)
    report = report_coverage(open_lake(tmp_path))
    assert [gap.seconds for gap in report.gaps] == [2 * 3_600, 4 * 3_600]
    assert sum(report.open_receipts.values()) > 0

    late = job_at(simulator, tmp_path, START + 3 * DAY, cap=cap)
    late.land_interval(START + DAY, START + 2 * DAY)
    assert_landed_equals_truth(tmp_path, simulator, START, START + 2 * DAY)
    assert report_coverage(open_lake(tmp_path)).gaps == []


def test_a_run_again_changes_nothing(simulator, tmp_path):
    now = START + 2 * DAY + HOUR
    job_at(simulator, tmp_path, now).land_interval(START, START + DAY)
    job_at(simulator, tmp_path, now).land_interval(START + DAY, START + 2 * DAY)
    once = rows_with_extra(tmp_path)
    job_at(simulator, tmp_path, now).land_interval(START + DAY, START + 2 * DAY)
    assert rows_with_extra(tmp_path) == once


def test_what_came_before_anything_was_landed_is_no_gap(simulator, tmp_path):
    job = job_at(simulator, tmp_path, START + 3 * DAY + HOUR)
    job.land_interval(START + 2 * DAY, START + 3 * DAY)
    assert min(start for start, _ in windows_asked(simulator)) == START + 2 * DAY


def test_nothing_older_than_the_lookback_is_asked_for_but_it_is_counted(simulator, tmp_path):
    job_at(simulator, tmp_path, START + 6 * HOUR + HOUR).land_range(START, START + 6 * HOUR)
    simulator.reset()
    job = job_at(simulator, tmp_path, START + 12 * HOUR + HOUR)
    report = job.land_interval(START + 6 * HOUR, START + 12 * HOUR, lookback_hours=2)
    assert min(start for start, _ in windows_asked(simulator)) >= START + 4 * HOUR
    assert report.expired_receipts > 0


def test_no_lookback_asks_for_the_interval_alone(simulator, tmp_path):
    job_at(simulator, tmp_path, START + 7 * HOUR).land_range(START, START + 5 * HOUR)
    simulator.reset()
    job = job_at(simulator, tmp_path, START + 13 * HOUR)
    job.land_interval(START + 6 * HOUR, START + 12 * HOUR, lookback_hours=0)
    assert windows_asked(simulator) == [(START + 6 * HOUR, START + 12 * HOUR)]


def test_the_interval_waits_for_its_last_second_to_settle(simulator, tmp_path):
    waits = []

    def wait(seconds):
        waits.append(seconds)
        simulator.set_now(simulator.now() + timedelta(seconds=seconds))

    simulator.set_now(START + DAY + timedelta(seconds=10))
    job = extraction(simulator.url, tmp_path, clock=simulator.now)
    job.client.sleep = wait
    job.land_interval(START, START + DAY)
    assert max(waits) == 50
    assert_landed_equals_truth(tmp_path, simulator, START, START + DAY)


def test_a_gap_is_filled_also_where_nothing_waits(tmp_path):
    counts = {START + n * HOUR: 1 for n in range(48)}
    late = START + 30 * DAY
    with serve(SimulatorConfig(start=START, now=late, counts=counts, ip_auth_key=KEY)) as simulator:
        job = job_at(simulator, tmp_path, late)
        job.land_range(START, START + 5 * HOUR)
        job.land_range(START + 8 * HOUR, START + DAY)
        assert report_coverage(open_lake(tmp_path)).open_receipts == {}
        simulator.reset()
        job.land_interval(START + DAY, START + 2 * DAY)
        asked = windows_asked(simulator)
        assert asked == [
            (START + 5 * HOUR, START + 8 * HOUR),
            (START + DAY, START + 2 * DAY),
        ]
        assert_landed_equals_truth(tmp_path, simulator, START, START + 2 * DAY)
