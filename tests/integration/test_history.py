"""History over days that cannot be read: they are named, and keep no other day from landing."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from miatel import LakeError, NewerFormatError
from miatel.lake.lake import day_file
from miatel_simulator import SimulatorConfig, serve
from tests.support.daily_runs import DailyRuns
from tests.support.landed import KEY, assert_landed_equals_truth, utc

START = utc(2026, 1, 1)


@pytest.fixture
def runs(tmp_path):
    config = SimulatorConfig(
        start=START, now=START, messages_per_day=60, max_receipt_delay_hours=0, ip_auth_key=KEY
    )
    with serve(config) as simulator:
        runs = DailyRuns(simulator, tmp_path, START)
        runs.history(3, 4, 10)
        yield runs


def file_of(runs, number):
    return runs.root / day_file(runs.midnight(number).date())


def spoil(runs, number):
    path = file_of(runs, number)
    path.write_bytes(path.read_bytes()[:-9])


def test_a_day_that_cannot_be_read_is_named_and_the_others_land(runs):
    spoil(runs, 3)
    with pytest.raises(LakeError, match=r"2026-01-04 was left as it is.*with reload"):
        runs.history(0, 8, 10)
    days = runs.lake.days()
    assert [day.day for day in days] == list(range(1, 9))
    asked = [(seen.start, seen.end) for seen in runs.simulator.requests()]
    assert asked == [
        (runs.midnight(0), runs.midnight(3)),
        (runs.midnight(4), runs.midnight(8)),
    ]


def test_reload_puts_a_damaged_day_right(runs):
    spoil(runs, 3)
    runs.history(0, 8, 10, reload=True)
    assert_landed_equals_truth(runs.root, runs.simulator, START, runs.midnight(8))
    assert runs.gaps() == []


def test_a_later_format_is_refused_by_its_name_before_anything_is_asked(runs):
    path = file_of(runs, 3)
    table = pq.read_table(path, partitioning=None)
    newer = {**pq.read_metadata(path).metadata, b"miatel.format": b"99"}
    pq.write_table(table.replace_schema_metadata(newer), path)
    with pytest.raises(NewerFormatError, match="format 99"):
        runs.history(0, 8, 10)
    with pytest.raises(NewerFormatError, match="format 99"):
        runs.run(10)
    assert runs.simulator.requests() == []


def test_a_lookback_day_that_cannot_be_read_is_red_once_all_else_is_landed(runs):
    runs.history(0, 10, 10)
    spoil(runs, 9)
    with pytest.raises(LakeError, match=r"2026-01-10 was left as it is.*with reload"):
        runs.run(10)
    assert runs.lake.days()[-1] == runs.midnight(10).date()
