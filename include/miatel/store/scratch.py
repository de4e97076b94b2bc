"""Scratch files beside what they replace: in use, or left behind by a killed process?

A scratch file is locked (`flock`) by the process that writes it for as long as it does. The system
frees the lock when that process ends, however it ends; so whoever can take the lock knows that the
file was left behind. Process ids would not do: two containers on one lake have the same ones.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

PRIVATE_MODE = 0o600
OLD_SECONDS = 86_400.0
"""Age from which a scratch file counts as left behind where files can't be locked."""

_NAME = re.compile(r"^\.(?P<target>.+?)\.(?:\d{1,9}-)?[0-9a-f]{8,32}\.tmp(?:\.wal)?$")
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_held: dict[Path, int] = {}
"""Scratch files and directories of this process → the descriptor that holds the lock."""


def make_scratch(target: Path) -> Path:
    """An empty file beside `target`, locked, and readable by its owner alone.

    End it by `move_scratch` or `discard_scratch`. Its name begins with a dot and ends with `.tmp`,
    so that no reader's pattern matches it.

    Args:
        target: what it will replace; its directory stands.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        scratch = _new_name(target)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        if _hold(scratch, os.open(scratch, flags, PRIVATE_MODE)):
            return scratch


def link_scratch(source: Path, target: Path) -> Path:
    """A scratch file beside `target` that is a second name of `source`; a copy where none can be.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        scratch = _new_name(target)
        try:
            os.link(source, scratch)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            scratch = make_scratch(target)
            shutil.copyfile(source, scratch)
            return scratch
        if _hold(scratch, os.open(scratch, os.O_RDONLY | os.O_NOFOLLOW)):
            return scratch


def make_scratch_directory(target: Path) -> Path:
    """Like `make_scratch`, but a directory: for what makes its file itself, and others beside it.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        scratch = _new_name(target)
        scratch.mkdir(mode=0o700)
        if _hold(scratch, os.open(scratch, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)):
            return scratch


def move_scratch(scratch: Path, target: Path, mode: int) -> None:
    """Make a scratch file the file at `target`, at once for every reader, safe from a power cut.

    A reader that has the old file open goes on reading the old one.

    Args:
        scratch: from `make_scratch`, or a file in a directory from `make_scratch_directory`.
        target: on the same file system.
        mode: rights of the file, like 0o640; whatever the umask says.

    Raises:
        OSError: it cannot be put there; what was there is as before.
    """
    scratch.chmod(mode)
    flush(scratch)
    scratch.replace(target)
    flush(target.parent)
    _release(scratch)


def discard_scratch(scratch: Path) -> None:
    """Remove a scratch file or directory, if it is still there, and free its lock."""
    try:
        _remove(scratch)
    finally:
        _release(scratch)


@contextmanager
def scratch_directory(target: Path) -> Iterator[Path]:
    """A scratch directory beside `target` for the block; nothing is left of it afterwards."""
    scratch = make_scratch_directory(target)
    try:
        yield scratch
    finally:
        discard_scratch(scratch)


def sweep_scratch(target: Path) -> None:
    """Remove what killed processes left beside a file that they meant to replace."""
    if target.parent.is_dir():
        _sweep([path for path in target.parent.iterdir() if _target_of(path) == target.name])


def sweep_directory(directory: Path, prefix: str = "") -> None:
    """Remove the scratch files that killed processes left in a directory, whatever they were for.

    What is in use stays, and so does what cannot be removed; a warning names that.

    Args:
        directory: may be missing.
        prefix: only those for files whose names begin so.
    """
    if directory.is_dir():
        found = [(path, _target_of(path)) for path in directory.iterdir()]
        _sweep([path for path, target in found if target and target.startswith(prefix)])


def flush(path: Path) -> None:
    """Have a file, or the names in a directory, written to the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _new_name(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.tmp")


def _target_of(path: Path) -> str | None:
    """Name of the file that a scratch file was for; None where it is no scratch file."""
    found = _NAME.match(path.name)
    return found["target"] if found else None


def _hold(scratch: Path, handle: int) -> bool:
    """Lock what was just made; False where another process swept it before it was locked."""
    for gone in [path for path in list(_held) if not path.exists()]:  # other threads hold some, too
        _release(gone)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            os.close(handle)
            raise  # where files can't be locked, age decides
    if not _is_at(handle, scratch):
        os.close(handle)
        return False
    _held[scratch] = handle
    return True


def _release(scratch: Path) -> None:
    handle = _held.pop(scratch, None)
    if handle is not None:
        os.close(handle)


def _sweep(found: list[Path]) -> None:
    # first what can be locked, then the logs, which go with their files
    for path in sorted(found, key=lambda path: path.suffix == ".wal"):
        try:
            if path.suffix == ".wal":
                if not path.with_suffix("").exists():
                    _remove(path)
            else:
                _sweep_one(path)
        except FileNotFoundError:  # another process was faster
            continue
        except OSError as error:
            log.warning(
                "%s was left behind by a killed process, and can't be removed: %s. Remove it by "
                "hand; what it was for is not affected.", path, error.strerror
            )  # fmt: skip


def _sweep_one(path: Path) -> None:
    """Remove a scratch file unless a process is writing it."""
    if path in _held:
        return
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:  # another user's
        if _is_old(path):
            _remove(path)
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            if not _is_old(path):
                return
        if _is_at(handle, path):
            _remove(path)
    finally:
        os.close(handle)


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > OLD_SECONDS


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
