"""One request at a time whatever runs at once, whoever dies or hangs; and nobody waits unheard."""

import logging
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from miatel import locks, open_lake
from miatel_simulator import FaultPlan, SimulatorConfig, count_overlaps, max_in_flight, serve
from tests.support.children import Child, run, wait_until

from .extraction import CAP, DAY, START, Job, extract
from .lake_check import assert_is_truth
from .records import KEY

SIDE_BY_SIDE = 16
THREADS = 2
END = START + 2 * DAY
NOW = END + timedelta(hours=1)


@pytest.fixture
def platform():
    config = SimulatorConfig(
        start=START,
        now=NOW,
        messages_per_day=80,
        ip_auth_key=KEY,
        cap=CAP,
        latency_seconds=0.005,
        faults=FaultPlan(hang_seconds=60.0),
    )
    with serve(config) as simulator:
        yield simulator


@pytest.fixture
def job(platform, tmp_path):
    return Job(platform.url, str(tmp_path / "lake"), tmp_path / "locks", NOW, START, END)


def extract_in_threads(jobs):
    """Several extractions in one process."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(extract, jobs))


def shorten_waits(say_seconds, give_up_seconds):
    """Say so and give up earlier than in real life."""
    locks.SAY_SECONDS, locks.GIVE_UP_SECONDS = say_seconds, give_up_seconds


def extract_impatiently(job, log_file):
    """An extraction that gives up soon; what it says goes to a file."""
    shorten_waits(0.2, 1.0)
    logging.basicConfig(filename=log_file, level=logging.WARNING)
    return extract(job)


def hold_lake(root, sign):
    """Hold a lake's lock until killed."""
    with open_lake(root).locked():
        sign.touch()
        time.sleep(600)


def assert_whole(lake, platform, end=END):
    assert_is_truth(lake, platform.truth(START, end))


def test_sixteen_processes_of_two_threads_never_overlap(platform, job, is_full, tmp_path, note):
    end = END if is_full else START + DAY
    jobs = [
        [
            replace(job, lake=str(tmp_path / f"{number}-{thread}"), end=end)
            for thread in range(THREADS)
        ]
        for number in range(SIDE_BY_SIDE)
    ]
    children = [Child(extract_in_threads, threads) for threads in jobs]
    for child in children:
        child.wait(600).result()
    seen = platform.requests()
    assert max_in_flight(seen) == 1
    assert count_overlaps(seen) == 0
    assert not any(request.refusal for request in seen)
    for threads in jobs:
        for one in threads:
            assert_whole(one.lake, platform, end)
    note(
        f"concurrency: {SIDE_BY_SIDE} processes of {THREADS} threads sent {len(seen)} requests, "
        f"at most {max_in_flight(seen)} in flight"
    )


def hang_in_a_request(platform, job):
    """A process whose request the platform does not answer."""
    platform.set_faults(replace(platform.faults, at={len(platform.requests()) + 1: "hang"}))
    child = Child(extract, job)
    wait_until(lambda: any(job.locks.glob("*.holder")))
    time.sleep(0.3)  # from the lock to the platform
    return child


def test_a_killed_holder_frees_the_slot_at_once(platform, job, tmp_path):
    holder = hang_in_a_request(platform, job)
    waiting = [Child(extract, replace(job, lake=str(tmp_path / str(n)))) for n in range(3)]
    time.sleep(1.0)
    assert all(child.is_running for child in waiting)
    holder.kill()
    killed_at = time.monotonic()
    assert holder.wait().killed_by == signal.SIGKILL
    for child in waiting:
        child.wait().result()
    assert time.monotonic() - killed_at < 10
    assert max_in_flight(r for r in platform.requests() if not r.client_left) == 1
    for number in range(3):
        assert_whole(tmp_path / str(number), platform)


def test_a_hanging_holder_is_named_and_given_up_on(platform, job, tmp_path):
    holder = hang_in_a_request(platform, job)
    stopped = holder.pid
    holder.kill(signal.SIGSTOP)
    began = time.monotonic()
    said = tmp_path / "said"
    raised = run(extract_impatiently, replace(job, lake=str(tmp_path / "own")), said).raised
    holder.kill()
    holder.wait()
    assert raised.name == "LockTimeoutError"
    assert holder_pid(raised.text) == stopped
    assert said.read_text().count("waiting for the account's only request slot") >= 2
    assert f"process {stopped}" in said.read_text()
    assert time.monotonic() - began < 10


def holder_pid(text):
    """The process that a message names."""
    return int(text.split("held by process ")[1].split(".")[0])


def test_a_hanging_merge_is_named_and_given_up_on(platform, job, tmp_path):
    """The lake's lock is held for a moment only, but its holder may hang then."""
    run(extract, job).result()
    sign, said = tmp_path / "held", tmp_path / "said"
    holder = Child(hold_lake, job.lake, sign)
    wait_until(sign.exists)
    holder.kill(signal.SIGSTOP)
    raised = run(extract_impatiently, replace(job, reload=True), said).raised
    assert raised.name == "LakeError"
    assert holder_pid(raised.text) == holder.pid
    assert f"waiting for the lake {job.lake}" in said.read_text()
    holder.kill()
    assert holder.wait().killed_by == signal.SIGKILL
    run(extract, replace(job, reload=True)).result()
    assert_whole(job.lake, platform)


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_the_same_day_landed_by_several_at_once_is_whole(platform, job, kind):
    """Sixteen take the quarters of two days, every quarter twice."""
    quarters = [
        replace(job, start=START + DAY * n / 4, end=START + DAY * (n + 1) / 4, run_id=str(n))
        for n in range(8)
    ]
    if kind == "threads":
        run(extract_in_threads, [replace(q, reload=True) for q in quarters * 2]).result()
    else:
        for child in [Child(extract, replace(q, reload=True)) for q in quarters * 2]:
            child.wait().result()
    assert_whole(job.lake, platform)
    assert max_in_flight(platform.requests()) == 1
