"""A directory as a store: scratch beside the target, fsync, rename."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from miatel.settings import DEFAULT_FILE_MODE
from miatel.store.base import Store, StoredFile, conflict
from miatel.store.file_mode import directory_mode
from miatel.store.scratch import (
    discard_scratch,
    flush,
    link_scratch,
    make_scratch,
    move_scratch,
    sweep_directory,
    sweep_scratch,
)

LOCK_FILE = ".merge.lock"


class DirectoryStore(Store):
    """A directory of files.

    Once seen, the root must stay the directory that it is: a lake that is unmounted or moved away
    in the middle of a run is an error, not an empty lake to begin anew.

    Args:
        root: the directory; made with the first file.
        file_mode: rights of its files, like 0o640; directories are made so that who may read the
            files may enter them.
    """

    def __init__(self, root: Path, file_mode: int = DEFAULT_FILE_MODE) -> None:
        super().__init__(str(root), root / LOCK_FILE)
        self.root = root
        self._file_mode = file_mode
        self._seen: tuple[int, int] | None = None

    def address(self, path: str) -> str:
        """See `Store`."""
        return str(self.root / path)

    def find(self, directory: str) -> list[str]:
        """See `Store`."""
        self._check_root()
        walked = os.walk(self.root / directory, onerror=_raise)
        files = (Path(parent, name) for parent, _, names in walked for name in names)
        return [str(file.relative_to(self.root)) for file in files]

    def open(self, path: str) -> StoredFile | None:
        """See `Store`."""
        # The version first: were the file replaced in between, the version would be the old one's,
        # and `replace_if` would see it.
        version = self.version(path)
        return None if version is None else StoredFile(self.root / path, version)

    def version(self, path: str) -> str | None:
        """See `Store`."""
        self._check_root()
        try:
            found = (self.root / path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        # The number of a file that is gone may be given to its successor's successor: so the
        # times, too.
        return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"

    def versions(self, directory: str) -> dict[str, str]:
        """See `Store`."""
        found = {path: self.version(path) for path in sorted(self.find(directory))}
        return {path: version for path, version in found.items() if version is not None}

    def local_path(self, path: str, version: str) -> Path:  # noqa: ARG002
        """See `Store`."""
        return (self.root / path).resolve()

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

    def replace_if(self, scratch: Path, path: str, version: str | None) -> None:
        """See `Store`."""
        with self.locked():
            if self.version(path) != version:
                raise conflict(self.address(path))
            self.replace(scratch, path)

    def copy(self, path: str, to: str) -> None:
        """See `Store`."""
        self._make((self.root / to).parent)
        # a name that has these bytes already stays, and sweeping removes the scratch name
        self.replace(link_scratch(self.root / path, self.root / to), to)

    def remove(self, path: str) -> None:
        """See `Store`."""
        target = self.root / path
        target.unlink(missing_ok=True)
        if target.parent.is_dir():
            flush(target.parent)

    def discard(self, scratch: Path) -> None:
        """See `Store`."""
        discard_scratch(scratch)

    def sweep(self, path: str) -> None:
        """See `Store`."""
        sweep_scratch(self.root / path)

    def sweep_below(self, directory: str = "") -> None:
        """See `Store`."""
        for parent, _, _ in os.walk(self.root / directory, onerror=_raise):
            sweep_directory(Path(parent))

    def _prepare_lock(self) -> None:
        self._make(self.root)

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


def _raise(error: OSError) -> None:
    """A directory that cannot be listed is not an empty one; one that is gone by now is."""
    if not isinstance(error, FileNotFoundError):
        raise error
