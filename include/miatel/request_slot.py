"""The one request that an account may have in flight, held by a lock that the whole host shares."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from miatel.errors import LockTimeoutError

log = logging.getLogger(__name__)

LOCK_DIRECTORY = Path("/tmp/miatel-locks")  # noqa: S108  a place all users of the host share
SAY_SECONDS = 30.0
GIVE_UP_SECONDS = 3600.0


def make_shared_directory(directory: Path) -> None:
    """Make a directory in which every user of the host may lock."""
    if not directory.exists():
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o1777)


class RequestSlot:
    """Holds the account's only request slot on this host.

    The operating system frees it when its holder dies, however it dies. A holder that hangs is
    named, again and again, and given up on after `give_up_seconds`.

    Args:
        account: what identifies the account; only a hash of it reaches the file system.
        directory: where the lock files stand.
        say_seconds: how often a waiting process says so.
        give_up_seconds: how long to wait at most.
    """

    def __init__(
        self,
        account: str,
        directory: Path | None = None,
        *,
        say_seconds: float = SAY_SECONDS,
        give_up_seconds: float = GIVE_UP_SECONDS,
    ) -> None:
        directory = directory or LOCK_DIRECTORY
        make_shared_directory(directory)
        name = hashlib.sha256(account.encode()).hexdigest()[:24]
        self._lock = FileLock(directory / f"{name}.lock", mode=0o666)
        self._holder = directory / f"{name}.holder"
        self._say_seconds = say_seconds
        self._give_up_seconds = give_up_seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the slot for the block.

        Raises:
            LockTimeoutError: another process held it for `give_up_seconds`.
        """
        self._acquire()
        try:
            self._name_holder()
            yield
        finally:
            self._lock.release()

    def _acquire(self) -> None:
        waited = 0.0
        while True:
            try:
                self._lock.acquire(timeout=min(self._say_seconds, self._give_up_seconds - waited))
            except Timeout:
                waited += self._say_seconds
            else:
                return
            if waited >= self._give_up_seconds:
                raise LockTimeoutError(
                    f"waited {waited:.0f} s for the account's only request slot, held by "
                    f"{self._holder_name()}. If that process hangs, end it."
                )
            log.warning(
                "waiting for the account's only request slot since %.0f s, held by %s",
                waited,
                self._holder_name(),
            )

    def _name_holder(self) -> None:
        """Write who holds the slot where every user of the host can read and replace it."""
        handle = os.open(self._holder, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            if os.fstat(handle).st_uid == os.getuid():
                os.fchmod(handle, 0o666)  # whatever the umask said
            os.write(handle, f"process {os.getpid()}".encode())
        finally:
            os.close(handle)

    def _holder_name(self) -> str:
        try:
            return self._holder.read_text()
        except OSError:
            return "an unknown process"
