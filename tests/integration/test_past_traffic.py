"""What the landed files hold of past traffic guides the windows of the next run."""

from __future__ import annotations

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

import miatel.history
from miatel import Window, open_lake
from miatel.history import past_traffic
from miatel.lake.lake import day_file
from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import KEY, extraction, utc

START, DAYS, CAP = utc(2026, 1, 5), 8, 7_000
NEXT = START + timedelta(days=DAYS)


@pytest.fixture(scope="module")
def simulator():
    config = SimulatorConfig(
        start=START, now=NEXT + timedelta(days=9), messages_per_day=8_000, profile="day_night",
        cap=CAP, ip_auth_key=KEY, date="host",
    )  # fmt: skip
    with serve(config) as running:
        yield running


@pytest.fixture(scope="module")
def lake(simulator, tmp_path_factory):
    directory = tmp_path_factory.mktemp("lake")
    extraction(simulator.url, directory, cap=CAP).land_range(START, NEXT)
    return directory


def worst_hour(lake, simulator) -> float:
    """How far the expectation of any busy hour of the next day lies from what happens."""
    traffic = past_traffic(open_lake(lake), [Window(NEXT, NEXT + timedelta(days=1))])
    distances = []
    for hour in range(9, 18):
        start = NEXT + timedelta(hours=hour)
        end = start + timedelta(hours=1)
        expected = traffic.expect(int(start.timestamp()), int(end.timestamp()))
        distances.append(abs(expected / simulator.count(start, end) - 1))
    return max(distances)


def test_the_next_day_is_expected_hour_by_hour(lake, simulator, monkeypatch):
    by_times = worst_hour(lake, simulator)
    monkeypatch.setattr(miatel.history, "MOST_TIMES_READ", 0)  # as for days with many records
    by_footers = worst_hour(lake, simulator)
    assert by_times < 0.35
    assert by_footers > 1.5 * by_times


def test_the_next_day_costs_as_few_requests_as_it_can(lake, simulator):
    job = extraction(simulator.url, lake, cap=CAP)
    report = job.land_interval(NEXT, NEXT + timedelta(days=1), lookback_hours=0)
    assert report.splits == 0
    assert report.requests <= -(-simulator.count(NEXT, NEXT + timedelta(days=1)) // CAP) + 1


def test_a_day_whose_records_are_gone_is_known_by_its_footer(lake, tmp_path, simulator):
    day = START.date()
    wanted = [Window(NEXT, NEXT + timedelta(days=1))]
    source, target = lake / day_file(day), tmp_path / day_file(day)
    target.parent.mkdir(parents=True)
    file = pq.ParquetFile(source)
    pq.write_table(file.read().slice(0, 0).replace_schema_metadata(file.metadata.metadata), target)
    traffic = past_traffic(open_lake(tmp_path), wanted)
    noon = int((START + timedelta(days=1, hours=12)).timestamp())
    assert traffic.expect(noon, noon + 3_600) > 0
