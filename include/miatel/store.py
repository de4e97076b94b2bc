"""Where a lake's files stand: a directory or an object store, and what differs between the two."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import tempfile
import uuid
from pathlib import Path
from typing import Any, Protocol

import fsspec

from miatel.host_lock import LOCK_DIRECTORY, make_shared_directory

log = logging.getLogger(__name__)

_SCRATCH = re.compile(r"\.(\d{1,9})-[0-9a-f]{8}\.tmp$")


class Store(Protocol):
    """What differs between a local lake and an object store."""

    def find(self, directory: str) -> list[str]:
        """Every file in the directories of a directory, relative to the root."""

    def open(self, path: str) -> Any | None:
        """A file to read, a path or an open binary file, or None when there is none."""

    def scratch(self, path: str) -> Path:
        """A local file to write before `replace`; no reader's pattern matches it."""

    def replace(self, scratch: Path, path: str) -> None:
        """Make the scratch file the file at `path`, at once for every reader."""

    def sweep(self, path: str) -> None:
        """Remove the scratch files of `path` whose process has ended."""

    def lock_file(self) -> Path:
        """The file to lock before a file is read and replaced; its directory stands."""


class LocalStore:
    """A directory: scratch beside the target, fsync, rename.

    Once seen, the root must stay the directory that it is: a lake that is unmounted or moved away
    in the middle of a run is an error, not an empty lake to begin anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: tuple[int, int] | None = None

    def find(self, directory: str) -> list[str]:
        """See `Store`."""
        self._check_root()
        base = self.root / directory
        if not base.exists():
            return []
        directories = [path for path in base.iterdir() if path.is_dir()]
        files = (file for path in directories for file in path.iterdir())
        return [str(file.relative_to(self.root)) for file in files]

    def open(self, path: str) -> Any | None:
        """See `Store`."""
        self._check_root()
        full = self.root / path
        return full if full.exists() else None

    def scratch(self, path: str) -> Path:
        """See `Store`."""
        target = self.root / path
        self._make(target.parent)
        return _scratch_beside(target)

    def replace(self, scratch: Path, path: str) -> None:
        """See `Store`."""
        target = self.root / path
        _flush(scratch)
        scratch.replace(target)
        _flush(target.parent)
        _sweep(target)

    def sweep(self, path: str) -> None:
        """See `Store`."""
        _sweep(self.root / path)

    def lock_file(self) -> Path:
        """See `Store`."""
        self._make(self.root)
        return self.root / ".merge.lock"

    def _make(self, directory: Path) -> None:
        """Make a directory of the lake, safe from a power cut."""
        if directory == self.root:
            self._check_root()
            directory.mkdir(parents=True, exist_ok=True)
            self._check_root()
        elif not directory.is_dir():
            self._make(directory.parent)
            directory.mkdir(exist_ok=True)
            _flush(directory.parent)

    def _check_root(self) -> None:
        try:
            status = self.root.stat()
        except FileNotFoundError:
            found = None
        else:
            found = (status.st_dev, status.st_ino)
        if self._seen is None:
            self._seen = found
        elif found != self._seen:
            raise FileNotFoundError(
                errno.ENOENT, "its directory has vanished, or another stands in its place"
            )


class ObjectStore:
    """An object store by URL: one PUT makes a new object visible whole."""

    def __init__(self, url: str) -> None:
        self.fs, self.root = fsspec.core.url_to_fs(url)
        name = hashlib.sha256(url.encode()).hexdigest()[:24]
        self._lock_file = LOCK_DIRECTORY / f"lake-{name}.lock"

    def find(self, directory: str) -> list[str]:
        """See `Store`."""
        self.fs.invalidate_cache()
        found = self.fs.find(f"{self.root}/{directory}")
        return [path.removeprefix(f"{self.root}/") for path in found]

    def open(self, path: str) -> Any | None:
        """See `Store`."""
        full = f"{self.root}/{path}"
        self.fs.invalidate_cache(full)
        return self.fs.open(full, "rb") if self.fs.exists(full) else None

    def scratch(self, path: str) -> Path:
        """See `Store`."""
        return _scratch_beside(_local_name(path))

    def replace(self, scratch: Path, path: str) -> None:
        """See `Store`."""
        self.fs.put_file(str(scratch), f"{self.root}/{path}")
        scratch.unlink()
        _sweep(_local_name(path))

    def sweep(self, path: str) -> None:
        """See `Store`."""
        _sweep(_local_name(path))

    def lock_file(self) -> Path:
        """See `Store`."""
        make_shared_directory(LOCK_DIRECTORY)
        return self._lock_file


def _local_name(path: str) -> Path:
    return Path(tempfile.gettempdir()) / f"miatel-{path.replace('/', '_')}"


def _scratch_beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")


def _sweep(target: Path) -> None:
    """Remove what killed processes left beside a file that was replaced."""
    for scratch in target.parent.glob(f".{target.name}.*.tmp"):
        found = _SCRATCH.search(scratch.name)
        if found is None or _is_running(int(found[1])):
            continue
        try:
            scratch.unlink(missing_ok=True)
        except OSError as error:  # another user's: the file itself is replaced all the same
            log.warning("%s was left by a killed process, and stays: %s", scratch, error.strerror)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, as another user
        return True
    return True


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
