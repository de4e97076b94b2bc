"""The one request that an account may have in flight, held by a lock that the whole host shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miatel.account import slow_hash
from miatel.errors import LockUnusableError
from miatel.locks import (
    LOCK_DIRECTORY,
    HostLock,
    make_shared_directory,
)

_LOCK_CONTEXT = b"miatel: the account's only request slot"


class RequestSlot:
    """Holds the account's only request slot on this host.

    The lock's name is the same for every process that has the key, so its hash has no secret or
    random part; it is slow instead, so that no short key can be found from it by trying all.

    Args:
        account: what identifies the account, its key; a slow hash of it reaches the file system.
        directory: where the lock files stand.
        say_seconds: how often a waiting process says so; as `HostLock`.
        give_up_seconds: how long to wait at most; as `HostLock`.

    Raises:
        LockUnusableError: the directory cannot be made, or others may take its locks away.
    """

    def __init__(
        self,
        account: str,
        directory: Path | None = None,
        *,
        say_seconds: float | None = None,
        give_up_seconds: float | None = None,
    ) -> None:
        self._directory = directory or LOCK_DIRECTORY
        with self._lock_errors():
            make_shared_directory(self._directory)
        name = slow_hash(account, _LOCK_CONTEXT).hex()[:24]
        self._lock = HostLock(
            self._directory / f"{name}.lock",
            "the account's only request slot",
            say_seconds=say_seconds,
            give_up_seconds=give_up_seconds,
        )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the slot for the block.

        Raises:
            LockTimeoutError: another process held it for `give_up_seconds`.
            LockUnusableError: the lock's file cannot be opened.
        """
        with self._lock_errors():
            self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _lock_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LockUnusableError(
                f"the lock of the account's only request slot cannot be used in "
                f"{self._directory}: {error.strerror or error}. Check its rights and free space; "
                "without the lock two requests could be in flight."
            ) from error
