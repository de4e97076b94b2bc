"""However often, in whichever windows and by whichever way a range is landed: the same rows."""

from datetime import timedelta

import pytest

from miatel import SuspectShrinkError, open_lake, read_range
from miatel.lake.lake import day_file
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.landed import (
    KEY,
    assert_landed_equals_truth,
    extraction,
    rows_with_extra,
    say_same_account,
    utc,
)

START, END = utc(2026, 1, 1), utc(2026, 1, 6)


@pytest.fixture(scope="module")
def simulator():
    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=10),
        messages_per_day=400,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as running:
        yield running


@pytest.fixture(scope="module")
def once(simulator, tmp_path_factory):
    lake = tmp_path_factory.mktemp("once")
    extraction(simulator.url, lake).land_range(START, END)
    return rows_with_extra(lake)


def test_a_second_run_asks_for_nothing(simulator, tmp_path):
    extraction(simulator.url, tmp_path).land_range(START, END)
    files = {p: p.read_bytes() for p in tmp_path.rglob("*.parquet")}
    simulator.reset()
    again = extraction(simulator.url, tmp_path).land_range(START, END)
    assert again.requests == 0
    assert simulator.requests() == []
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.parquet")} == files


def test_a_reload_changes_no_value_not_even_when_it_was_extracted(simulator, tmp_path):
    extraction(simulator.url, tmp_path).land_range(START, END)
    first = day_rows(tmp_path)
    report = extraction(simulator.url, tmp_path).land_range(START, END, reload=True)
    assert report.requests > 0
    assert day_rows(tmp_path) == first


def day_rows(lake):
    file = open_lake(lake).open_parquet(day_file(START.date()))
    return file.read().to_pylist()


@pytest.mark.parametrize("cap", [60, 333, 5_000])
def test_other_windows_give_the_same_rows(simulator, tmp_path, once, cap):
    simulator.reset()
    with serve(simulator.config.__class__(**(vars(simulator.config) | {"cap": cap}))) as capped:
        extraction(capped.url, tmp_path, cap=cap).land_range(START, END)
    assert rows_with_extra(tmp_path) == once


def test_pieces_out_of_order_and_overlapping_give_the_same_rows(simulator, tmp_path, once):
    job = extraction(simulator.url, tmp_path)
    job.land_range(utc(2026, 1, 3, 7, 30), utc(2026, 1, 4, 1, 0, 1))
    job.land_range(utc(2026, 1, 1), utc(2026, 1, 3, 12))
    job.land_range(utc(2026, 1, 2, 23, 59, 59), utc(2026, 1, 5, 3), reload=True)
    job.land_range(START, END)
    assert rows_with_extra(tmp_path) == once


def test_daily_runs_give_the_same_rows(simulator, tmp_path, once):
    for day in range(5):
        begin = START + timedelta(days=day)
        extraction(simulator.url, tmp_path).land_interval(begin, begin + timedelta(days=1))
    assert rows_with_extra(tmp_path) == once


def test_a_table_in_memory_holds_the_same_records(simulator, once):
    job = extraction(simulator.url, "unused")
    table = read_range(job.client, START, END, clock=job.clock)
    assert table.num_rows == len(once)


def test_fewer_records_than_landed_are_refused_until_allowed(tmp_path):
    settings = {"start": START, "end": END, "now": END + timedelta(days=10)}
    settings |= {"messages_per_day": 300, "ip_auth_key": KEY, "date": "host"}
    with serve(SimulatorConfig(**settings)) as simulator:
        extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
    files = {p: p.read_bytes() for p in tmp_path.rglob("mdr.parquet")}
    losing = SimulatorConfig(**settings, faults=FaultPlan(at=dict.fromkeys(range(1, 9), "lossy")))
    with serve(losing) as simulator:
        say_same_account(simulator.url, tmp_path)
        with pytest.raises(SuspectShrinkError, match="allow_shrink"):
            extraction(simulator.url, tmp_path).land_range(START, END, reload=True)
        assert {p: p.read_bytes() for p in tmp_path.rglob("mdr.parquet")} == files
        allowed = extraction(simulator.url, tmp_path, allow_shrink=True)
        report = allowed.land_range(START, END, reload=True)
    assert 0 < report.rows < sum(1 for _ in files) * 300 * 0.6
