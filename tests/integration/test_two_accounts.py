"""Two accounts: side by side each in its own lake; of one lake the second account is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from miatel import Extraction, KeyRefusedError, OriginError, open_lake
from miatel.lake.origin import known_origins
from miatel_simulator import SimulatorConfig, serve
from tests.support.landed import (
    KEY,
    assert_landed_equals_truth,
    extraction,
    say_same_account,
    utc,
)

START = utc(2026, 1, 1)
DAY = timedelta(days=1)
NOW = START + 9 * DAY
NEW_KEY = "anOther canary"

RUNS: dict[str, Callable[[Extraction], object]] = {
    "history": lambda job: job.land_range(START, START + 3 * DAY),
    "history of later days": lambda job: job.land_range(START + 3 * DAY, START + 5 * DAY),
    "reload": lambda job: job.land_range(START, START + 3 * DAY, reload=True),
    "daily": lambda job: job.land_interval(START + 2 * DAY, START + 3 * DAY),
}


def platform(key: str = KEY, seed: int = 1):
    config = SimulatorConfig(seed=seed, start=START, now=NOW, messages_per_day=200, ip_auth_key=key)
    return serve(config)


def job_of(url: str, lake: Path, key: str = KEY) -> Extraction:
    return extraction(url, lake, key=key, clock=lambda: NOW)


def files_of(lake: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in lake.rglob("*") if path.is_file()}


@pytest.mark.parametrize("key", [KEY, NEW_KEY])
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_another_account_asks_nothing_and_changes_nothing(tmp_path, run, key):
    with platform() as first, platform(key, seed=2) as second:
        job_of(first.url, tmp_path).land_range(START, START + 3 * DAY)
        before = files_of(tmp_path)
        with pytest.raises(OriginError, match="a lake of its own") as caught:
            run(job_of(second.url, tmp_path, key))
        assert key not in str(caught.value)
        assert second.requests() == []
        assert files_of(tmp_path) == before
        assert_landed_equals_truth(tmp_path, first, START, START + 3 * DAY)


def test_a_new_key_goes_on_once_it_is_said_to_be_the_same_accounts(tmp_path):
    with platform() as before:
        job_of(before.url, tmp_path).land_range(START, START + 2 * DAY)
    with platform(NEW_KEY) as after:
        with pytest.raises(OriginError):
            job_of(after.url, tmp_path, NEW_KEY).land_range(START, START + 3 * DAY)
        say_same_account(after.url, tmp_path, NEW_KEY)
        job_of(after.url, tmp_path, NEW_KEY).land_range(START, START + 3 * DAY)
        assert_landed_equals_truth(tmp_path, after, START, START + 3 * DAY)
    lake = open_lake(tmp_path)
    named = {entry.origin for day in lake.days() for entry in lake.coverage(day)}
    assert named == known_origins(lake) == {"origin-1", "origin-2"}


def test_a_mistyped_key_does_not_become_the_lakes_own(tmp_path):
    with platform() as simulator:
        with pytest.raises(KeyRefusedError):
            job_of(simulator.url, tmp_path, "mistyped").land_range(START, START + DAY)
        assert known_origins(open_lake(tmp_path)) == set()
        job_of(simulator.url, tmp_path).land_range(START, START + DAY)
    assert known_origins(open_lake(tmp_path)) == {"origin-1"}


def test_two_accounts_land_at_the_same_time_each_in_its_lake(tmp_path):
    with platform() as first, platform(NEW_KEY, seed=2) as second:
        accounts = [(first, tmp_path / "first", KEY), (second, tmp_path / "second", NEW_KEY)]
        with ThreadPoolExecutor(len(accounts)) as pool:
            for job in [
                pool.submit(job_of(server.url, lake, key).land_range, START, START + 5 * DAY)
                for server, lake, key in accounts
            ]:
                job.result()
        for server, lake, _ in accounts:
            assert_landed_equals_truth(lake, server, START, START + 5 * DAY)
