"""Daily runs on a host whose clock is wrong: no record is missing, and no coverage is false."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from miatel import ClockError, Extraction, Window, open_lake, report_coverage
from miatel.lake.sink import Accepted, LakeSink
from miatel.limits import STABLE_AFTER
from miatel.schema import empty_raw_table
from miatel_simulator import Simulator, SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

START = utc(2026, 1, 1)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DAYS = 3
RIGHT = timedelta(0)


class Host:
    """A host whose clock is ahead of the platform's, which runs at midnight by its own clock."""

    def __init__(self, simulator: Simulator, lake: Path) -> None:
        self.simulator = simulator
        self.lake = lake
        self.ahead = RIGHT

    def now(self) -> datetime:
        return self.simulator.now() + self.ahead

    def wait(self, seconds: float) -> None:
        self.simulator.set_now(self.simulator.now() + timedelta(seconds=seconds))

    def job(self) -> Extraction:
        job = extraction(self.simulator.url, self.lake, clock=self.now)
        job.client.sleep = self.wait
        return job

    def run_day(self, number: int, ahead: timedelta = RIGHT) -> Extraction:
        """The daily run of a day, as its scheduler starts it."""
        self.ahead = ahead
        self.simulator.set_now(START + (number + 1) * DAY - ahead + timedelta(seconds=2))
        job = self.job()
        job.land_interval(START + number * DAY, START + (number + 1) * DAY)
        return job

    def assert_all_is_landed(self, days: int) -> None:
        end = START + days * DAY
        assert_landed_equals_truth(self.lake, self.simulator, START, end)
        report = report_coverage(open_lake(self.lake), START, end)
        assert report is not None
        assert report.gaps == []
        for entry in report.entries:
            assert entry.clock == "server"
            assert entry.answered_at is not None
            assert entry.window.end + STABLE_AFTER <= entry.answered_at


@pytest.fixture
def host(tmp_path):
    config = SimulatorConfig(
        start=START, now=START, messages_per_day=1_440, profile="steady", ip_auth_key=KEY
    )
    with serve(config) as simulator:
        yield Host(simulator, tmp_path)


@pytest.mark.parametrize("seconds", [0, 30, 55, -30, -55])
def test_a_clock_within_a_minute_of_the_servers_costs_no_record(host, seconds):
    for number in range(DAYS):
        job = host.run_day(number, timedelta(seconds=seconds))
        assert len(job.client.clocks.notes) == (1 if seconds else 0)
    host.assert_all_is_landed(DAYS)


@pytest.mark.parametrize(
    "ahead", [5 * MINUTE, -5 * MINUTE, timedelta(hours=36), timedelta(hours=-36)]
)
def test_a_clock_beyond_a_minute_lands_nothing_and_the_next_runs_miss_nothing(host, ahead):
    host.run_day(0)
    files = {path: path.read_bytes() for path in host.lake.rglob("mdr.parquet")}
    with pytest.raises(ClockError, match="clock right"):
        host.run_day(1, ahead)
    assert {path: path.read_bytes() for path in host.lake.rglob("mdr.parquet")} == files
    for number in range(1, DAYS):
        host.run_day(number)
    host.assert_all_is_landed(DAYS)


def test_a_history_over_days_to_come_lands_none_of_them(host):
    host.simulator.set_now(START + DAY)
    host.ahead = timedelta(hours=36)
    with pytest.raises(ClockError):
        host.job().land_range(START, START + 2 * DAY)
    assert report_coverage(open_lake(host.lake)) is None
    host.ahead = RIGHT
    host.simulator.set_now(START + 4 * DAY)
    assert host.job().land_range(START, START + 2 * DAY).requests > 0
    host.assert_all_is_landed(2)


@pytest.mark.parametrize("settings", [{"date": "none"}, {"age_seconds": 5}])
def test_a_server_without_a_date_is_warned_of_and_the_footer_says_so(tmp_path, settings, caplog):
    config = SimulatorConfig(start=START, now=START + DAY, ip_auth_key=KEY, cap=2_000, **settings)
    with serve(config) as simulator:
        job = extraction(simulator.url, tmp_path, clock=lambda: START + DAY + 2 * MINUTE, cap=2_000)
        report = job.land_range(START, START + DAY)
        assert report.requests > 2
    (note,) = report.clock_notes
    assert caplog.text.count(note) == 1
    assert {entry.clock for entry in open_lake(tmp_path).coverage(START.date())} == {"own"}
    assert report.summary()["clock_notes"] == [note]


def test_an_answer_that_stays_too_young_is_given_up_on(host):
    """A server whose clock stands still would be asked for ever."""
    host.simulator.set_now(START + DAY + timedelta(seconds=30))
    host.ahead = timedelta(seconds=40)
    job = host.job()
    waits = []
    job.client.sleep = waits.append
    with pytest.raises(Exception, match="proves nothing"):
        job.land_interval(START, START + DAY)
    assert len(host.simulator.requests()) == job.client.retry.attempts
    assert max(waits) <= job.client.retry.longest_seconds


def test_seconds_that_are_covered_but_had_not_happened_are_asked_for_again(host):
    """As a footer says that was written before the answer's time was looked at."""
    noon, day = START + DAY / 2, Window(START, START + DAY)
    early = Accepted(day, empty_raw_table(), {}, "ab" * 32, noon, noon, "server")
    sink = LakeSink(open_lake(host.lake), "early", origin=None)
    sink.add(early)
    sink.finish_days([])
    report = report_coverage(open_lake(host.lake), START, START + DAY)
    assert report is not None
    assert report.gaps == [Window(noon, START + DAY)]
    host.simulator.set_now(START + 4 * DAY)
    host.job().land_range(START, START + DAY)
    asked = [(seen.start, seen.end) for seen in host.simulator.requests()]
    assert (asked[0][0], asked[-1][1]) == (noon, START + DAY)
    again = report_coverage(open_lake(host.lake), START, START + DAY)
    assert again is not None
    assert again.gaps == []
