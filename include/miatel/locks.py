"""A lock that the whole host shares: its holder is named, and nobody waits for it in silence."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from miatel.errors import LockTimeoutError, LockUnusableError

log = logging.getLogger(__name__)

LOCK_DIRECTORY = Path("/tmp/miatel-locks")  # noqa: S108  a place all users of the host share
SAY_SECONDS = 30.0
GIVE_UP_SECONDS = 3600.0
_SHARED_MODE = 0o1777
_REWRITE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW


def make_shared_directory(directory: Path) -> None:
    """Make a directory in which every user of the host may lock, and no one takes another's lock.

    Raises:
        LockUnusableError: what stands there is not safe: others may remove a lock that is held.
        OSError: it cannot be made.
    """
    if not os.path.lexists(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        # Elsewhere first: nobody must find it before everyone may write there.
        made = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        made.chmod(_SHARED_MODE)
        try:
            made.rename(directory)
        except OSError:
            with suppress(OSError):  # an empty one may stay; the other process's is what counts
                made.rmdir()
            if not os.path.lexists(directory):
                raise
    _check_shared_directory(directory)


def _check_shared_directory(directory: Path) -> None:
    """Refuse a directory in which a lock that is held could be taken away."""
    status = directory.lstat()
    mode = stat.S_IMODE(status.st_mode)
    is_shared = bool(mode & (stat.S_IWGRP | stat.S_IWOTH))
    if not stat.S_ISDIR(status.st_mode):
        problem = "is a link or a file"
    elif is_shared and not mode & stat.S_ISVTX:
        problem = f"may be written by others (mode {mode:o}) and has no sticky bit"
    elif not is_shared and status.st_uid not in (0, os.getuid()):
        problem = f"belongs to user {status.st_uid}, who alone may write there (mode {mode:o})"
    else:
        return
    raise LockUnusableError(
        f"{directory} {problem}: a lock there could be taken away while it is held, and two "
        "requests could be in flight. Stop what uses it, then have it made anew by root: "
        f"rm -r {directory}; install -d -m 1777 -o root {directory}"
    )


class HostLock:
    """One holder at a time among all processes and threads of the host.

    The operating system frees it when its holder dies, however it dies. A holder that hangs is
    named, again and again, and given up on after `give_up_seconds`.

    Args:
        path: the lock's file; who holds it stands beside it, with the suffix `.holder`.
        what: what is locked, for the messages.
        say_seconds: how often a waiting process says so; SAY_SECONDS if not given.
        give_up_seconds: how long to wait at most; GIVE_UP_SECONDS if not given.
    """

    def __init__(
        self,
        path: Path,
        what: str,
        *,
        say_seconds: float | None = None,
        give_up_seconds: float | None = None,
    ) -> None:
        self._lock = FileLock(path, mode=0o666)
        self._holder = path.with_suffix(".holder")
        self._what = what
        self._say_seconds = SAY_SECONDS if say_seconds is None else say_seconds
        self._give_up_seconds = GIVE_UP_SECONDS if give_up_seconds is None else give_up_seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the block; raises what `acquire` does."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            LockTimeoutError: another process held it for `give_up_seconds`.
            OSError: its file cannot be opened.
        """
        waited = 0.0
        while True:
            try:
                self._lock.acquire(timeout=min(self._say_seconds, self._give_up_seconds - waited))
            except Timeout:
                waited += self._say_seconds
            else:
                self._name_holder()
                return
            if waited >= self._give_up_seconds:
                raise LockTimeoutError(
                    f"waited {waited:.0f} s for {self._what}, held by {self._holder_name()}. "
                    "If that process hangs, end it."
                )
            log.warning(
                "waiting for %s since %.0f s, held by %s", self._what, waited, self._holder_name()
            )

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it, by this object."""
        return self._lock.is_locked

    def release(self) -> None:
        """Free the lock."""
        self._lock.release()

    def _name_holder(self) -> None:
        """Write who holds the lock where every user of the host can read and replace it."""
        try:
            os.utime(self._lock.lock_file)  # who tidies up old files must not take it for one
            handle = os.open(self._holder, _REWRITE, 0o666)
            try:
                if os.fstat(handle).st_uid == os.getuid():
                    os.fchmod(handle, 0o666)  # whatever the umask said
                # Not emptied first: ext4 would then wait for the disk.
                os.ftruncate(handle, os.write(handle, f"process {os.getpid()}".encode()))
            finally:
                os.close(handle)
        except OSError as error:  # a full disk: the name only helps those who wait
            log.warning("could not write who holds %s: %s", self._what, error.strerror)

    def _holder_name(self) -> str:
        try:
            return self._holder.read_text() or "an unknown process"
        except OSError:
            return "an unknown process"
