"""What every kind of store can do: read a file with its version, and replace it as a whole.

A writer that makes a file from what it read replaces it by `replace_if`, with the version that it
read: had another writer replaced it in the meantime, that one's work would be lost without a word.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miatel.errors import ConflictError
from miatel.locks import HostLock


@dataclass(frozen=True)
class StoredFile:
    """A file of a store, opened.

    Attributes:
        source: its path, or an open binary file.
        version: another text whenever what stands there is another.
    """

    source: Any
    version: str


class Store(ABC):
    """Files below one root; paths are relative to it.

    Args:
        root: a path or URL, for messages.
        lock_file: locked by `locked`.

    Attributes:
        lock: what writers of this host hold while they replace a file.
    """

    def __init__(self, root: str, lock_file: Path) -> None:
        self.lock = HostLock(lock_file, f"the lake {root}")

    @abstractmethod
    def address(self, path: str) -> str:
        """The full path or URL of a file."""

    @abstractmethod
    def find(self, directory: str) -> list[str]:
        """Every file below a directory; none where there is no such directory."""

    @abstractmethod
    def open(self, path: str) -> StoredFile | None:
        """A file to read, with its version; None when there is none."""

    @abstractmethod
    def version(self, path: str) -> str | None:
        """A file's version; None when there is none."""

    @abstractmethod
    def versions(self, directory: str) -> dict[str, str]:
        """Every file below a directory, with its version."""

    @abstractmethod
    def local_path(self, path: str, version: str) -> Path:
        """A path of this machine at which a file can be read.

        Args:
            path: of a file that is there.
            version: as it was listed; a copy is made once for each.
        """

    @abstractmethod
    def scratch(self, path: str) -> Path:
        """A local file to write before `path` is replaced by it.

        It is its owner's alone, and no reader's pattern fits it. End it by `replace`, `replace_if`
        or `discard`.
        """

    @abstractmethod
    def replace(self, scratch: Path, path: str) -> None:
        """Make a scratch file the file at `path`, whatever is there, at once for every reader."""

    @abstractmethod
    def replace_if(self, scratch: Path, path: str, version: str | None) -> None:
        """Like `replace`, but only if the file at `path` is still the one that was read.

        Args:
            scratch: stays where nothing was replaced.
            path: of the file.
            version: that was read; None where there was no file.

        Raises:
            ConflictError: another writer has put a file there since. Nothing was changed.
        """

    def create(self, scratch: Path, path: str) -> None:
        """Make a scratch file the file at `path` if there is none.

        Raises:
            ConflictError: there is one. Nothing was changed.
        """
        self.replace_if(scratch, path, None)

    @abstractmethod
    def copy(self, path: str, to: str) -> None:
        """Make the file at `path` the file at `to`, too, whatever is there, at once for readers.

        Where the two can share their bytes they do, so copy only what is replaced as a whole.
        """

    @abstractmethod
    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def discard(self, scratch: Path) -> None:
        """Remove a scratch file, if it is still there."""

    @abstractmethod
    def sweep(self, path: str) -> None:
        """Remove the scratch files of `path` that killed processes left."""

    @abstractmethod
    def sweep_below(self, directory: str = "") -> None:
        """Remove all scratch files below a directory that killed processes left."""

    @contextmanager
    def writing(self, path: str) -> Iterator[Path]:
        """A scratch file that replaces `path` when the block ends well, and is gone otherwise."""
        scratch = self.scratch(path)
        try:
            yield scratch
            self.replace(scratch, path)
        finally:
            self.discard(scratch)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store's lock: whoever else on this host wants it waits.

        Who holds it may take it again. Hosts that share a directory whose file system has locks
        share this one, too; writers of an object store on several hosts do not.

        Raises:
            LockTimeoutError: another process held it for too long.
            OSError: it cannot be used.
        """
        if self.lock.is_held:
            yield
            return
        self._prepare_lock()
        with self.lock.held():
            yield

    @abstractmethod
    def _prepare_lock(self) -> None:
        """Make the directory of the lock's file."""


def conflict(address: str) -> ConflictError:
    """The error for a file that is no longer the one that was read."""
    return ConflictError(
        f"{address} was replaced by another writer after it was read. What was to be written was "
        "made from the old one, so nothing was written. Run again: the new one is read then."
    )
