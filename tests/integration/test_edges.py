"""The first and last second, the cap and its neighbours, the empty day, the second too dense."""

from datetime import timedelta

import duckdb
import pytest

from miatel import WindowTooDenseError, parse_time
from miatel.limits import ONE_SECOND
from miatel_simulator import Burst, SimulatorConfig, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

CAP = 50


def land_counts(tmp_path, counts, start, end):
    """Land a history of exactly so many records in exactly these seconds."""
    config = SimulatorConfig(
        counts=counts,
        start=start,
        end=end,
        now=end + timedelta(days=9),
        cap=CAP,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as simulator:
        try:
            return extraction(simulator.url, tmp_path, cap=CAP).land_range(start, end)
        finally:
            kept = {s: n for s, n in counts.items() if n < CAP}
            rows = duckdb.sql(f"select count(*) from '{tmp_path}/raw/mdr/*/mdr.parquet'")
            assert rows.fetchone()[0] == sum(kept.values())
            if kept == counts:
                assert_landed_equals_truth(tmp_path, simulator, start, end)


def test_first_and_last_second_of_day_month_and_history(tmp_path):
    start, end = utc(2026, 1, 31), utc(2026, 3, 2)
    edges = [start, end - ONE_SECOND]
    for midnight in (utc(2026, 2, 1), utc(2026, 2, 15), utc(2026, 3, 1)):
        edges += [midnight - ONE_SECOND, midnight]
    report = land_counts(tmp_path, dict.fromkeys(edges, 7), start, end)
    assert len(report.days) == 30


@pytest.mark.parametrize("count", [CAP - 1, CAP, CAP + 1, 3 * CAP])
def test_as_many_as_the_cap_is_never_taken_for_whole(tmp_path, count):
    start, end = utc(2026, 1, 1), utc(2026, 1, 2)
    per_second = {start + timedelta(hours=9, seconds=n): 1 for n in range(count)}
    report = land_counts(tmp_path, per_second, start, end)
    assert report.rows == count
    assert (report.splits > 0) == (count >= CAP)


def test_one_second_just_below_the_cap_is_landed(tmp_path):
    start, end = utc(2026, 1, 1), utc(2026, 1, 2)
    noon = start + timedelta(hours=12)
    counts = {noon - ONE_SECOND: 30, noon: CAP - 1, noon + ONE_SECOND: 30}
    assert land_counts(tmp_path, counts, start, end).rows == CAP + 59


@pytest.mark.parametrize("count", [CAP, CAP + 1])
def test_a_second_at_the_cap_is_named_after_all_around_it_is_landed(tmp_path, count):
    start, end = utc(2026, 1, 1), utc(2026, 1, 3)
    noon = start + timedelta(hours=12)
    counts = {start: 20, noon - ONE_SECOND: 20, noon: count, noon + ONE_SECOND: 20}
    counts[end - ONE_SECOND] = 20
    with pytest.raises(WindowTooDenseError, match="2026-01-01T12:00:00Z"):
        land_counts(tmp_path, counts, start, end)


def test_an_empty_day_is_a_file_without_rows(tmp_path):
    start, end = utc(2026, 1, 1), utc(2026, 1, 4)
    land_counts(tmp_path, {start: 3, end - ONE_SECOND: 3}, start, end)
    empty = f"{tmp_path}/raw/mdr/mdr_date=2026-01-02/mdr.parquet"
    assert duckdb.sql(f"select count(*) from '{empty}'").fetchone() == (0,)


def test_a_burst_in_a_few_seconds_is_landed_whole(tmp_path):
    start, end = utc(2026, 1, 1), utc(2026, 1, 3)
    config = SimulatorConfig(
        start=start,
        end=end,
        now=end + timedelta(days=9),
        messages_per_day=300,
        bursts=(Burst(parse_time("2026-01-01T23:59:57"), 6, 2_400),),
        cap=1_000,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as simulator:
        extraction(simulator.url, tmp_path, cap=1_000).land_range(start, end)
        assert assert_landed_equals_truth(tmp_path, simulator, start, end) > 2_900
