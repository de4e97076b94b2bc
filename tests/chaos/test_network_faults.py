"""Broken networks while landed days are asked for again: mended, or ended with all as it was."""

import shutil
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from miatel import (
    BrokenAnswerError,
    MiatelError,
    RecordOutsideWindowError,
    RetryPolicy,
    ServerBusyError,
    ServerFailedError,
    SuspectShrinkError,
    UnreachableError,
)
from miatel_simulator import FAULT_KINDS, FaultPlan, SimulatorConfig, count_overlaps, serve

from .extraction import CAP, DAY, START, Job, extract
from .lake_check import assert_is_truth, fingerprint
from .records import KEY

END = START + 2 * DAY
LATER = END + 5 * DAY
QUIET = FaultPlan(hang_seconds=1.0, slow_seconds=0.05)
HASTY = RetryPolicy(attempts=5, silence_seconds=0.25)
SILENT = ("hang", "slow")
"""Kinds that only a client which waits a short time notices; any other must not wait a busy host's
answer out as well."""
ENDS_IN = {
    "http_500": ServerFailedError,
    "http_502": ServerFailedError,
    "http_503": ServerFailedError,
    "http_429": ServerBusyError,
    "http_429_bare": ServerBusyError,
    "reset_before": UnreachableError,
    "reset_during": (UnreachableError, BrokenAnswerError),
    "cut_body": BrokenAnswerError,
    "half_json": BrokenAnswerError,
    "html": BrokenAnswerError,
    "empty": BrokenAnswerError,
    "busy_error": ServerBusyError,
    "hang": UnreachableError,
    "slow": UnreachableError,
    "lossy": SuspectShrinkError,
    "stray": RecordOutsideWindowError,
}
MENDABLE = [kind for kind in ENDS_IN if kind not in ("lossy", "stray")]


@pytest.fixture
def platform():
    config = SimulatorConfig(
        start=START, now=END, messages_per_day=80, ip_auth_key=KEY, cap=CAP, faults=QUIET
    )
    with serve(config) as simulator:
        yield simulator


@pytest.fixture
def again(platform, tmp_path):
    """A job that asks again for two landed days, five days later."""
    first = Job(platform.url, str(tmp_path / "lake"), tmp_path / "locks", END + DAY, START, END)
    platform.set_now(first.now)
    extract(first)
    platform.reset()
    platform.set_now(LATER)
    return replace(first, now=LATER, reload=True, retry=HASTY, run_id="again")


def hasty(kind):
    """A policy of few attempts that notices a kind of fault soon."""
    return HASTY if kind in SILENT else replace(HASTY, silence_seconds=20.0)


def requests_of(platform, job):
    """How many requests the job takes when nothing breaks, with a copy of the lake."""
    platform.set_faults(QUIET)
    undisturbed = f"{job.lake}-undisturbed"
    shutil.copytree(job.lake, undisturbed)  # what is landed guides the windows
    extract(replace(job, lake=undisturbed, retry=RetryPolicy()))
    count = len(platform.requests())
    platform.journal.clear()
    return count


def test_every_kind_of_fault_has_its_end():
    assert set(ENDS_IN) == set(FAULT_KINDS)


@pytest.mark.parametrize("kind", MENDABLE)
def test_a_fault_of_the_first_a_middle_and_the_last_request_is_mended(platform, again, kind):
    last = requests_of(platform, again) + 2  # the first two faults take a request each
    at = [1, 3, last] if kind != "slow" else [1, 3]
    platform.set_faults(replace(QUIET, at=dict.fromkeys(at, kind), hang_seconds=5.0))
    # Which request has the fault is compared below: a busy host's delay must not be taken for one.
    patient = replace(hasty(kind), silence_seconds=2.0) if kind in SILENT else hasty(kind)
    extract(replace(again, retry=patient))
    seen = platform.requests()
    assert [request.number for request in seen if request.fault == kind] == at
    assert count_overlaps(seen) == 0
    assert_is_truth(again.lake, platform.truth(START, END))


@pytest.mark.parametrize("kind", ENDS_IN)
def test_a_fault_that_stays_ends_the_run_and_leaves_all_as_it_was(platform, again, kind):
    before = fingerprint(again.lake)
    platform.set_faults(replace(QUIET, rate=1.0, kinds=(kind,), slow_seconds=0.5))
    with pytest.raises(MiatelError) as caught:
        extract(replace(again, retry=hasty(kind)))
    assert isinstance(caught.value, ENDS_IN[kind])
    asked = len(platform.requests())
    assert asked <= 2 * HASTY.attempts  # two windows may fail in turn
    assert any(word in str(caught.value).lower() for word in ("check", "again", "ask"))
    assert fingerprint(again.lake) == before
    platform.set_faults(QUIET)
    extract(replace(again, retry=RetryPolicy()))
    assert_is_truth(again.lake, platform.truth(START, END))


def test_a_whole_history_with_one_fault_in_ten_is_complete(is_full, tmp_path, note, progress):
    days = 365 if is_full else 20
    end = START + days * DAY
    faults = FaultPlan(rate=0.1, seed=5, hang_seconds=0.5, slow_seconds=0.02)
    config = SimulatorConfig(
        start=START, now=end + DAY, messages_per_day=200, ip_auth_key=KEY, cap=CAP, faults=faults
    )

    def say(seen):
        if seen.end is not None and not seen.fault:
            progress((seen.end - START).days, days, "days asked for")

    with serve(config, on_request=say) as platform:
        job = Job(
            platform.url, str(tmp_path / "lake"), tmp_path / "locks", end + DAY, START, end,
            retry=replace(HASTY, attempts=8, silence_seconds=2.0),
        )  # fmt: skip
        extract(job)
        assert_is_truth(job.lake, platform.truth(START, end))
        seen = platform.requests()
        assert count_overlaps(seen) == 0
    broken = sum(request.fault is not None for request in seen)
    assert broken > len(seen) / 20
    note(f"network: {days} days landed whole, {broken} of {len(seen)} requests broke")


TRICKLES = {
    "status": (b"HTTP/1.1 200 ", b"O"),
    "headers": (b"HTTP/1.1 200 OK\r\nX-Wait: ", b"a"),
    "more headers": (b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[", b" "),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "last body": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[", b" "),
}


@contextmanager
def trickling_server(beginning, drop):
    """Begins an answer and goes on with it a drop at a time."""

    def serve_one():
        connection, _ = listener.accept()
        with connection, suppress(ConnectionError):
            connection.recv(65_536)
            connection.sendall(beginning)
            while not stop.wait(0.05):
                connection.sendall(drop)

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_one)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()


@pytest.mark.parametrize("phase", TRICKLES)
def test_an_answer_that_trickles_does_not_hold_the_slot_for_ever(tmp_path, phase):
    with trickling_server(*TRICKLES[phase]) as url:
        began = time.monotonic()
        job = Job(url, str(tmp_path / "lake"), tmp_path / "locks", LATER, START, END)
        with pytest.raises(UnreachableError, match="not complete after"):
            extract(
                replace(
                    job, retry=RetryPolicy(attempts=1, silence_seconds=0.25, answer_seconds=0.5)
                )
            )
        assert time.monotonic() - began < 3


def test_the_vendors_wish_to_wait_is_granted_up_to_a_bound():
    policy = RetryPolicy(longest_seconds=60.0)
    wishes = [ServerBusyError("busy", retry_after_seconds=seconds) for seconds in (7.0, 86_400.0)]
    assert [policy.wait_seconds(1, wish) for wish in wishes] == [7.0, 60.0]


def test_nobody_at_the_address_is_said_after_bounded_attempts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    job = Job(
        f"http://127.0.0.1:{port}", str(tmp_path), tmp_path / "locks", LATER, START, END,
        retry=HASTY,
    )  # fmt: skip
    with pytest.raises(UnreachableError, match="Check host"):
        extract(job)
