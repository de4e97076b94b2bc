"""One request in flight per account; a holder that dies frees the slot, one that hangs is named."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from miatel import LockTimeoutError, LockUnusableError
from miatel.api.request_lock import RequestSlot

pytestmark = pytest.mark.slow

HOLD = """
import sys, time
from pathlib import Path
from miatel.api.request_lock import RequestSlot
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


def test_the_name_of_the_lock_does_not_reveal_a_short_key_to_who_tries_all(tmp_path: Path) -> None:
    """A million keys of six digits at 20 ms and more are six hours and more of one processor."""
    with quick(tmp_path, "123456").held():
        (name,) = (path.stem for path in tmp_path.glob("*.lock"))
    fast = {
        hash_of(spelled).hexdigest()
        for hash_of in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512)
        for spelled in (b"123456", b"miatel123456", b"123456\n")
    }
    assert not any(name in one for one in fast)
    began = time.process_time()
    for number in range(5):
        RequestSlot(f"{number:06}", tmp_path)
    assert (time.process_time() - began) / 5 >= 0.02


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777, 0o1770, 0o1775])
def test_a_directory_in_which_none_can_take_a_held_lock_away_is_used(
    tmp_path: Path, mode: int
) -> None:
    directory = tmp_path / "locks"
    directory.mkdir()
    directory.chmod(mode)
    with quick(directory).held():
        pass
    assert stat.S_IMODE(directory.stat().st_mode) == mode


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o770, 0o702])
def test_a_directory_without_the_sticky_bit_is_refused(tmp_path: Path, mode: int) -> None:
    directory = tmp_path / "locks"
    directory.mkdir()
    directory.chmod(mode)
    with pytest.raises(LockUnusableError, match=r"no sticky bit.*install -d -m 1777"):
        quick(directory)


def test_a_link_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    for name in ("link", "broken", "file"):
        with pytest.raises(LockUnusableError, match="is a link or a file"):
            quick(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()


MAKE = """
import os, sys
from pathlib import Path
from miatel.errors import LockUnusableError
from miatel.api.request_lock import RequestSlot
os.setuid(int(sys.argv[2]))
try:
    RequestSlot("account", Path(sys.argv[1]))
except LockUnusableError as error:
    sys.exit(str(error))
"""


def as_user(user: int, directory: Path) -> str:
    """What a process of another user says that makes the slot; empty when all is right."""
    command = [sys.executable, "-c", MAKE, directory, str(user)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can act for other users")
def test_two_users_share_the_directory_that_either_made(tmp_path: Path) -> None:
    shared = Path(tempfile.mkdtemp(dir="/tmp"))
    shared.chmod(0o1777)
    try:
        for first, second in [(1001, 1002), (0, 1001), (1001, 0)]:
            directory = shared / f"locks-{first}-{second}"
            assert as_user(first, directory) == ""
            assert directory.stat().st_uid == first
            assert as_user(second, directory) == ""
        private = shared / "private"
        private.mkdir()
        os.chown(private, 1001, 1001)
        assert "belongs to user 1001" in as_user(1002, private)
        private.chmod(0o777)
        assert "no sticky bit" in as_user(1002, private)
    finally:
        shutil.rmtree(shared)


@pytest.mark.slow
def test_processes_that_make_the_directory_at_once_all_find_it_right(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "locks"
    command = [sys.executable, "-c", MAKE, directory, str(os.getuid())]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    assert [process.communicate()[1] for process in running] == [""] * 8
    assert [path.name for path in directory.parent.iterdir()] == ["locks"]
