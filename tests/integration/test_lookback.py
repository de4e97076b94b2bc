"""A scheduled run asks again, whole, for the day before and for days that may still change."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from miatel import open_lake, report_coverage, retire_day
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.daily_runs import DailyRuns
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


def test_only_days_of_the_lookback_are_asked_for_again_and_what_left_it_is_counted(
    simulator, tmp_path
):
    runs = DailyRuns(simulator, tmp_path, START)
    for number in range(4):
        runs.run(number)
    report, asked = runs.run(4, lookback_hours=48)
    assert asked == [runs.days(4, 5), runs.days(2, 4)]
    assert "open receipts" in report.days_asked["2026-01-03"]
    assert report.days_asked["2026-01-04"].startswith("day before, ")
    assert report.expired_receipts > 0


def test_a_day_that_the_lookback_touches_is_asked_for_whole_up_to_the_interval(simulator, tmp_path):
    runs = DailyRuns(simulator, tmp_path, START)
    runs.history(0, 0.25, 1)
    job = runs.job(START + 12 * HOUR + HOUR)
    job.land_interval(START + 6 * HOUR, START + 12 * HOUR, lookback_hours=2)
    assert windows_asked(simulator) == [
        (START + 6 * HOUR, START + 12 * HOUR),
        (START, START + 6 * HOUR),
    ]


def quiet(tmp_path, **options):
    """Two messages a day, all of them with a final receipt and a price at once."""
    counts = {START + n * 12 * HOUR: 1 for n in range(30)}
    config = SimulatorConfig(
        start=START, now=START, counts=counts, max_receipt_delay_hours=0, ip_auth_key=KEY, **options
    )
    return serve(config)


@pytest.mark.parametrize("lookback_hours", [0, 72])
def test_the_day_before_is_asked_for_once_more_though_nothing_in_it_waits(tmp_path, lookback_hours):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        for number in range(6):
            _, asked = runs.run(number, lookback_hours=lookback_hours)
            before = [runs.days(number - 1, number)] if number else []
            assert asked == [runs.days(number, number + 1), *before]


def test_a_run_again_asks_for_the_interval_alone(tmp_path):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        for number in range(3):
            runs.run(number)
        _, asked = runs.run(2)
        assert asked == [runs.days(2, 3)]


def test_a_backfilled_run_does_not_ask_for_a_day_before_that_was_asked_for_later(tmp_path):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.history(0, 3, 9)
        job = runs.job(START + 9 * DAY + HOUR)
        job.land_interval(runs.midnight(2), runs.midnight(3))
        assert windows_asked(simulator) == [(runs.midnight(2), runs.midnight(3))]


def test_one_second_asked_for_too_early_is_enough_to_ask_for_the_day_before_again(tmp_path):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.run(0)
        runs.run(1)
        job = runs.job(runs.midnight(3))
        job.land_range(START + DAY, START + 2 * DAY - timedelta(seconds=1), reload=True)
        job.client.sleep = lambda _: None
        report, _ = runs.run(2)
        assert report.days_asked == {"2026-01-02": "day before"}


def test_a_part_of_the_day_before_is_asked_for_as_a_whole(tmp_path):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.history(0.25, 0.5, 1)
        _, asked = runs.run(1)
        assert asked == [runs.days(1, 2), runs.days(0, 1)]


def test_a_day_before_that_is_retired_stays_so(tmp_path):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.run(0)
        day = START.date()
        assert retire_day(runs.lake, day, runs.lake.coverage(day), START + DAY) is not None
        _, asked = runs.run(1)
        assert asked == [runs.days(1, 2)]


def test_records_that_the_vendor_shows_late_are_landed(simulator, tmp_path):
    runs = DailyRuns(simulator, tmp_path, START)
    runs.run(0, faults=FaultPlan(at={1: "lossy"}))
    early = len(rows_with_extra(tmp_path))
    report, _ = runs.run(1)
    assert early < simulator.count(START, START + DAY)
    assert report.late_records == simulator.count(START, START + DAY) - early
    expected = f"{report.late_records:,} records came late"
    assert any(line.startswith(expected) for line in report.lines())
    assert_landed_equals_truth(tmp_path, simulator, START, START + 2 * DAY)
    assert runs.run(2)[0].late_records == 0


@pytest.mark.parametrize("lookback_days", [0, 1, 3])
def test_days_with_a_missing_price_are_asked_for_again(tmp_path, lookback_days):
    with quiet(tmp_path) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.run(0)
        priced = simulator.config
        simulator.config = replace(priced, drop_fields=("price",))
        runs.history(1, 3, 3)
        simulator.config = priced
        report, _ = runs.run(3, lookback_hours=24 * lookback_days)
        waiting = {
            "2026-01-02": "2 missing prices",
            "2026-01-03": "day before, 2 missing prices",
        }
        expected = {0: {"2026-01-03": "day before"}, 1: dict([*waiting.items()][1:]), 3: waiting}
        assert report.days_asked == expected[lookback_days]
        assert report.missing_prices == 0
        rows = duckdb.sql(
            f"select count(*) from '{tmp_path}/raw/mdr/*/mdr.parquet' where price is null"
        )
        assert rows.fetchone() == (0 if lookback_days == 3 else 2,)


def test_the_interval_waits_until_its_last_second_is_stable(simulator, tmp_path):
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
