"""Where a lake's files stand: a directory or an object store, and what differs between the two."""

from __future__ import annotations

import errno
import hashlib
import tempfile
from pathlib import Path
from typing import Any, Protocol

import fsspec

from miatel.lake.file_mode import DEFAULT_MODE, directory_mode
from miatel.lake.scratch import (
    discard_scratch,
    flush,
    make_scratch,
    move_scratch,
    sweep_directory,
    sweep_scratch,
)
from miatel.locks import LOCK_DIRECTORY, make_shared_directory

_LOCAL_PREFIX = "miatel-"


class Store(Protocol):
    """What differs between a local lake and an object store."""

    def find(self, directory: str) -> list[str]:
        """Every file in the directories of a directory, relative to the root."""

    def open(self, path: str) -> Any | None:
        """A file to read, a path or an open binary file, or None when there is none."""

    def scratch(self, path: str) -> Path:
        """A local file to write before `replace`; its owner's alone, no reader's pattern fits it.

        End it by `replace` or `discard`.
        """

    def replace(self, scratch: Path, path: str) -> None:
        """Make the scratch file the file at `path`, at once for every reader."""

    def discard(self, scratch: Path) -> None:
        """Remove a scratch file, if it is still there."""

    def sweep(self, path: str) -> None:
        """Remove the scratch files of `path` that killed processes left."""

    def sweep_all(self) -> None:
        """Remove every scratch file of the lake that killed processes left."""

    def lock_file(self) -> Path:
        """The file to lock before a file is read and replaced; its directory stands."""


class LocalStore:
    """A directory: scratch beside the target, fsync, rename.

    Once seen, the root must stay the directory that it is: a lake that is unmounted or moved away
    in the middle of a run is an error, not an empty lake to begin anew.

    Args:
        root: the directory; made with the first file.
        file_mode: rights of its files, like 0o640; directories are made so that who may read the
            files may enter them.
    """

    def __init__(self, root: Path, file_mode: int = DEFAULT_MODE) -> None:
        self.root = root
        self._file_mode = file_mode
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
        return make_scratch(target)

    def replace(self, scratch: Path, path: str) -> None:
        """See `Store`."""
        target = self.root / path
        move_scratch(scratch, target, self._file_mode)
        sweep_scratch(target)

    def discard(self, scratch: Path) -> None:
        """See `Store`."""
        discard_scratch(scratch)

    def sweep(self, path: str) -> None:
        """See `Store`."""
        sweep_scratch(self.root / path)

    def sweep_all(self) -> None:
        """See `Store`."""
        if not self.root.is_dir():
            return
        for directory in [self.root, *self.root.glob("*/"), *self.root.glob("*/*/"),
                          *self.root.glob("*/*/*/")]:  # fmt: skip
            sweep_directory(directory)

    def lock_file(self) -> Path:
        """See `Store`."""
        self._make(self.root)
        return self.root / ".merge.lock"

    def _make(self, directory: Path) -> None:
        """Make a directory of the lake, safe from a power cut."""
        if directory == self.root:
            self._check_root()
            if not directory.is_dir():
                directory.mkdir(parents=True, exist_ok=True)
                directory.chmod(directory_mode(self._file_mode))
            self._check_root()
        elif not directory.is_dir():
            self._make(directory.parent)
            directory.mkdir(exist_ok=True)
            directory.chmod(directory_mode(self._file_mode))
            flush(directory.parent)

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
        return make_scratch(self._local_name(path))

    def replace(self, scratch: Path, path: str) -> None:
        """See `Store`."""
        self.fs.put_file(str(scratch), f"{self.root}/{path}")
        discard_scratch(scratch)
        sweep_scratch(self._local_name(path))

    def discard(self, scratch: Path) -> None:
        """See `Store`."""
        discard_scratch(scratch)

    def sweep(self, path: str) -> None:
        """See `Store`."""
        sweep_scratch(self._local_name(path))

    def sweep_all(self) -> None:
        """See `Store`."""
        sweep_directory(Path(tempfile.gettempdir()), _LOCAL_PREFIX)

    def lock_file(self) -> Path:
        """See `Store`."""
        make_shared_directory(LOCK_DIRECTORY)
        return self._lock_file

    @staticmethod
    def _local_name(path: str) -> Path:
        return Path(tempfile.gettempdir()) / f"{_LOCAL_PREFIX}{path.replace('/', '_')}"
