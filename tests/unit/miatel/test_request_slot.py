"""One request in flight per account; a holder that dies frees the slot, one that hangs is named."""

from __future__ import annotations

import logging
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from miatel.errors import LockTimeoutError
from miatel.request_slot import RequestSlot

HOLD = """
import sys, time
from pathlib import Path
from miatel.request_slot import RequestSlot
with RequestSlot("account", Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the slot and hangs."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def quick(directory: Path, account: str = "account") -> RequestSlot:
    return RequestSlot(account, directory, say_seconds=0.05, give_up_seconds=0.2)


def test_a_holder_that_hangs_is_named_again_and_again_and_then_given_up_on(
    tmp_path: Path, holder: subprocess.Popen[str], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(LockTimeoutError, match=f"process {holder.pid}\\b"),
        quick(tmp_path).held(),
    ):
        pytest.fail("two processes hold the slot")
    assert len([r for r in caplog.records if f"process {holder.pid}" in r.getMessage()]) >= 2


def test_a_killed_holder_frees_the_slot(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    with quick(tmp_path).held():
        pass


def test_another_account_does_not_wait(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with quick(tmp_path, "other").held():
        pass


def test_threads_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    inside, most = 0, 0
    lock = threading.Lock()
    shared = RequestSlot("account", tmp_path)

    def hold(slot: RequestSlot) -> None:
        nonlocal inside, most
        for _ in range(20):
            with slot.held():
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    slots = [shared, shared, RequestSlot("account", tmp_path)]
    threads = [threading.Thread(target=hold, args=(slot,)) for slot in slots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_an_error_inside_frees_the_slot(tmp_path: Path) -> None:
    slot = quick(tmp_path)
    with pytest.raises(ZeroDivisionError), slot.held():
        raise ZeroDivisionError
    with quick(tmp_path).held():
        pass


def test_a_lock_in_use_does_not_look_old_to_who_tidies_up(tmp_path: Path) -> None:
    with quick(tmp_path).held():
        (lock,) = tmp_path.glob("*.lock")
    os.utime(lock, (0, 0))
    with quick(tmp_path).held():
        assert lock.stat().st_mtime > 1_000_000_000


def test_the_name_of_a_holder_is_never_written_through_a_link(tmp_path: Path) -> None:
    with quick(tmp_path).held():
        (holder,) = tmp_path.glob("*.holder")
    precious = tmp_path / "precious"
    precious.write_text("keep")
    holder.unlink()
    holder.symlink_to(precious)
    with quick(tmp_path).held():
        assert precious.read_text() == "keep"


def test_the_file_system_learns_neither_key_nor_owner(tmp_path: Path) -> None:
    directory = tmp_path / "locks"
    with RequestSlot("s3cret-key", directory).held():
        files = list(directory.iterdir())
    assert files
    assert not any("s3cret" in path.name or "s3cret" in path.read_text() for path in files)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o1777
