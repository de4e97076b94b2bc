"""After an outage the next daily runs close the hole, and what they cannot close turns none red."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from miatel import MiatelError, Window, day_window, retire_day
from miatel.__main__ import main
from miatel.lake.failed_gaps import FAILED_GAPS_FILE, FAILED_GAPS_SCHEMA, read_failed_gaps
from miatel.lake.lake import day_file
from miatel.windows import merge_windows, subtract_windows
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.daily_runs import DAY, DailyRuns
from tests.support.landed import KEY, assert_landed_equals_truth, utc

START = utc(2026, 1, 1)
ANY = range(1, 500)


@pytest.fixture
def simulator():
    config = SimulatorConfig(
        start=START, now=START, messages_per_day=60, profile="steady",
        max_receipt_delay_hours=0, ip_auth_key=KEY,
    )  # fmt: skip
    with serve(config) as running:
        yield running


@pytest.fixture
def daily(simulator, tmp_path):
    """Days 0 and 1 are landed."""
    runs = DailyRuns(simulator, tmp_path, START)
    runs.run(0)
    runs.run(1)
    return runs


def touched(windows):
    return {day for window in windows for day in window.days()}


def failing_from(request, kind="http_500"):
    return FaultPlan(at={number: kind for number in ANY if number >= request})


def test_an_outage_of_ten_days_is_closed_by_the_next_daily_run(daily, simulator):
    report, asked = daily.run(13)
    assert asked == [daily.days(13, 14), daily.days(2, 13)]
    assert (report.gaps_asked, report.gaps_failed, report.gap_seconds_left) == (1, 0, 0)
    assert daily.gaps() == []
    for number in (14, 15, 16):
        _, asked = daily.run(number)
        assert subtract_windows(asked, [daily.days(number - 3, number + 1)]) == []
    assert_landed_equals_truth(daily.root, simulator, START, daily.midnight(17))


def test_the_interval_comes_first_then_the_lookback_then_gaps_oldest_first(daily):
    daily.history(9, 10, 10)
    daily.history(4, 5, 10)
    _, asked = daily.run(10)
    assert asked == [
        daily.days(10, 11), daily.days(9, 10), daily.days(2, 4), daily.days(5, 9),
    ]  # fmt: skip


def test_at_most_31_days_of_gaps_are_asked_for_in_a_run(daily, simulator):
    _, asked = daily.run(45)
    assert asked == [daily.days(45, 46), daily.days(2, 33)]
    report, asked = daily.run(46)
    assert daily.days(33, 45) in asked
    assert report.gap_seconds_left == 0
    assert_landed_equals_truth(daily.root, simulator, START, daily.midnight(47))


def test_31_days_end_with_a_day_where_the_gap_began_within_one(daily):
    daily.history(2, 2.5, 40)
    _, asked = daily.run(45)
    assert asked[1] == daily.days(2.5, 33)


def test_at_most_300_requests_are_sent_for_gaps_in_a_run(tmp_path):
    counts = {START + n * timedelta(minutes=20): 1 for n in range(72 * 20)}
    config = SimulatorConfig(
        start=START, now=START, counts=counts, cap=4, max_receipt_delay_hours=0, ip_auth_key=KEY
    )
    with serve(config) as simulator:
        runs = DailyRuns(simulator, tmp_path, START, cap=4)
        runs.history(0, 1, 1)
        report, asked = runs.run(13)
        assert sum(window.end <= runs.midnight(13) for window in asked) == 300
        assert report.gap_seconds_left > 0
        assert report.gaps_failed == 0
        assert not (runs.root / FAILED_GAPS_FILE).exists()
        report, _ = runs.run(14)
        assert report.gap_seconds_left == 0
        assert_landed_equals_truth(tmp_path, simulator, START, runs.midnight(15))


def test_a_gap_that_fails_turns_nothing_red_and_is_written_down(daily, caplog, capsys, monkeypatch):
    daily.history(3, 12, 12)
    report, _ = daily.run(12, faults=failing_from(3))
    assert report.gaps_failed == 1
    assert report.gap_seconds_left == 86_400
    assert daily.gaps() == [daily.days(2, 3)]
    assert "could not be filled: ServerFailedError" in caplog.text

    table = pq.read_table(daily.root / FAILED_GAPS_FILE)
    assert table.schema.equals(FAILED_GAPS_SCHEMA)
    (row,) = table.to_pylist()
    window = daily.days(2, 3)
    assert (row["start_at"], row["end_at"]) == (window.start, window.end)
    assert (row["error"], row["run_id"]) == ("ServerFailedError", "test")
    assert "500" in row["reason"]
    assert row["failed_at"] == daily.midnight(13) + timedelta(minutes=10)

    monkeypatch.setenv("MIATEL_LAKE", str(daily.root))
    assert main(["coverage"]) == 1
    output = capsys.readouterr().out
    assert f"{window} at 2026-01-14T00:10:00Z, asked again in a week" in output
    assert "ServerFailedError" in output


def test_a_failed_gap_is_asked_for_again_a_week_later(daily, simulator):
    daily.run(10, faults=FaultPlan(at=dict.fromkeys((2, 3, 4, 5), "http_500")))
    (failed,) = read_failed_gaps(daily.lake)
    assert failed.window == daily.days(2, 3), "the day that failed, and no other"
    assert daily.gaps() == [failed.window]
    for number in range(11, 17):
        report, asked = daily.run(number)
        assert date_of(failed) not in touched(asked), number
        assert report.gap_seconds_left == 86_400
    report, asked = daily.run(17)
    assert failed.window in asked
    assert daily.gaps() == []
    assert read_failed_gaps(daily.lake) == []
    assert_landed_equals_truth(daily.root, simulator, START, daily.midnight(18))


def date_of(failed):
    return failed.window.start.date()


def test_history_asks_for_a_failed_gap_at_once(daily):
    daily.history(3, 12, 12)
    daily.run(12, faults=failing_from(3))
    assert daily.history(0, 13, 13) == [daily.days(2, 3)]
    assert daily.gaps() == []
    assert read_failed_gaps(daily.lake) == []


def test_one_bad_day_keeps_no_other_day_of_a_gap_out(daily, simulator):
    bad = daily.days(5, 6)
    # The whole gap, then day by day: the fourth of them has a record that was not asked for.
    report, asked = daily.run(10, faults=FaultPlan(at={2: "stray", 6: "stray"}))
    assert asked[1:] == [daily.days(2, 10), *(daily.days(n, n + 1) for n in range(2, 10))]
    assert report.gaps_failed == 1
    assert daily.gaps() == [bad]
    (failed,) = read_failed_gaps(daily.lake)
    assert (failed.window, failed.error) == (bad, "RecordOutsideWindowError")


def test_what_would_meet_every_gap_ends_the_healing_of_this_run_alone(daily, simulator):
    report, asked = daily.run(10, faults=failing_from(2, "reset_before"))
    assert report.gaps_failed == 1
    assert [gap.window for gap in read_failed_gaps(daily.lake)] == [daily.days(2, 3)]
    report, asked = daily.run(11)
    assert daily.days(3, 10) in asked
    assert daily.gaps() == [daily.days(2, 3)]


def test_after_three_failures_in_a_row_the_rest_waits_for_the_next_run(daily):
    report, _ = daily.run(20, faults=failing_from(2, "half_json"))
    assert report.gaps_failed == 3
    _, asked = daily.run(21)
    assert daily.days(5, 20) in asked


def test_a_second_at_the_cap_is_asked_for_by_reload_alone(tmp_path, caplog):
    dense = START + 4 * DAY + timedelta(hours=5)
    second = Window(dense, dense + timedelta(seconds=1))
    counts = {START + n * DAY: 1 for n in range(40)} | {dense: 9}
    config = SimulatorConfig(start=START, now=START, counts=counts, cap=8, ip_auth_key=KEY)
    with serve(config) as simulator:
        runs = DailyRuns(simulator, tmp_path, START, cap=8)
        runs.run(0)
        report, _ = runs.run(10)
        assert runs.gaps() == [second]
        assert report.gaps_failed == 1
        (failed,) = read_failed_gaps(runs.lake)
        assert (failed.window, failed.error) == (second, "WindowTooDenseError")
        for number in (11, 25, 26):
            _, asked = runs.run(number)
            assert not any(window.intersect(second) for window in asked)
        assert runs.history(0, 27, 27) == []
        assert "Only reload asks for them again" in caplog.text
    port = int(simulator.url.rpartition(":")[2])
    with serve(
        replace(config, cap=100), port=port
    ) as simulator:  # the same platform, by its address
        runs = DailyRuns(simulator, tmp_path, START, cap=100)
        asked = runs.history(4, 5, 27, reload=True)
        assert merge_windows(asked) == [runs.days(4, 5)]
        assert runs.gaps() == []
        assert read_failed_gaps(runs.lake) == []


def test_a_hole_of_more_than_92_days_is_reported_with_the_command_that_fills_it(daily, caplog):
    report, asked = daily.run(95)
    assert asked == [daily.days(95, 96)]
    assert report.gap_seconds_left == 93 * 86_400
    command = (
        "scripts/airflow dags test miatel_history 2026-01-03 "
        """-c '{"start": "2026-01-03T00:00:00", "end": "2026-04-06T00:00:00"}'"""
    )
    assert command in caplog.text
    daily.history(2, 3, 96)
    _, asked = daily.run(96)
    assert daily.days(3, 34) in asked, "now it is 92 days long"


def test_no_second_of_a_retired_day_is_a_gap(daily):
    daily.history(2, 2.5, 5)
    retired = daily.days(2, 3)
    day = retired.start.date()
    assert retire_day(daily.lake, day, daily.lake.coverage(day), daily.midnight(5)) is not None
    assert daily.gaps() == []
    report, asked = daily.run(6)
    assert asked == [daily.days(6, 7), daily.days(3, 6)]
    assert report.gap_seconds_left == 0


def test_a_file_that_cannot_be_read_is_named_and_its_day_skipped(daily, simulator, caplog):
    daily.history(4, 5, 5)
    path = daily.root / day_file(daily.midnight(4).date())
    path.write_bytes(b"PAR1 no Parquet at all PAR1")
    report, asked = daily.run(13)
    assert asked == [daily.days(13, 14), daily.days(2, 4), daily.days(5, 13)]
    assert report.gap_seconds_left == 0
    assert "2026-01-05 cannot be read, so its gaps are not looked for" in caplog.text


def test_a_healed_day_without_a_record_between_days_with_some_is_a_warning(tmp_path, caplog):
    counts = {START + n * DAY: 2 for n in (0, 1, 2, 5, 6, 7)}
    config = SimulatorConfig(start=START, now=START, counts=counts, ip_auth_key=KEY)
    with serve(config) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.run(0)
        report, _ = runs.run(7)
        assert report.empty_days == ["2026-01-04", "2026-01-05"]
        assert runs.gaps() == []
        assert "without a record, between days with some: 2026-01-04, 2026-01-05" in caplog.text
        assert any("2026-01-04" in line for line in report.lines())
        report, _ = runs.run(8)
        assert report.empty_days == []


def test_what_came_before_anything_was_landed_is_no_gap(simulator, tmp_path):
    runs = DailyRuns(simulator, tmp_path, START)
    _, asked = runs.run(5)
    assert asked == [runs.days(5, 6)]


def test_gaps_are_filled_without_a_lookback_as_well(daily):
    _, asked = daily.run(5, lookback_hours=0)
    assert asked == [daily.days(5, 6), daily.days(2, 5)]


@pytest.mark.parametrize("kind", ["stray", "half_json"])
def test_a_lookback_that_fails_is_red_but_the_interval_is_landed(daily, kind):
    with pytest.raises(MiatelError):
        daily.run(2, faults=failing_from(2, kind))
    assert day_window(daily.midnight(2).date()) in [
        entry.window for entry in daily.lake.coverage(daily.midnight(2).date())
    ]
