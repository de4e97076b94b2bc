"""The lake: where day files stand, how they are read, and how one is replaced atomically."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]

from miatel.errors import LakeError, LockTimeoutError
from miatel.lake.coverage import Coverage, decode_footer, decode_format, decode_retired_at
from miatel.lake.digest import check_file, damaged
from miatel.lake.file_mode import DEFAULT_MODE
from miatel.lake.store import LocalStore, ObjectStore, Store
from miatel.locks import HostLock
from miatel.windows import Window, day_window

MDR_DIRECTORY = "raw/mdr"
NETWORKS_FILE = "raw/networks/networks.parquet"
_PAGE_DAMAGED = "CRC checksum verification failed"
_DAY = re.compile(r"mdr_date=(\d{4}-\d{2}-\d{2})/mdr\.parquet$")


def day_file(day: date) -> str:
    """A day's file, relative to the lake's root."""
    return f"{MDR_DIRECTORY}/mdr_date={day:%Y-%m-%d}/mdr.parquet"


class Lake:
    """The day files and geo names below one root.

    Args:
        root: for messages and locks.
        store: how its files are read and replaced.
    """

    def __init__(self, root: str, store: Store) -> None:
        self.root = root
        self.store = store

    def days(self) -> list[date]:
        """The days that have a file, in order."""
        with lake_errors(self.root, "listed"):
            matches = (_DAY.search(path) for path in self.store.find(MDR_DIRECTORY))
            return sorted(date.fromisoformat(match[1]) for match in matches if match)

    def open_parquet(self, path: str) -> pq.ParquetFile | None:
        """A Parquet file of the lake, or None when there is none.

        Raises:
            LakeError: it cannot be read.
        """
        with lake_errors(self.root, f"read at {path}"):
            source = self.store.open(path)
            if source is None:
                return None
            return pq.ParquetFile(source, page_checksum_verification=True)

    def open_checked(self, path: str) -> pq.ParquetFile | None:
        """A Parquet file after each of its bytes was checked, or None when there is none.

        Whatever carries rows over opens a file so. A day file of 0.1.0 has nothing to check by: it
        is read through, and damaged where that fails.

        Raises:
            DamagedFileError: it is not as it was written.
            LakeError: it cannot be read.
        """
        with lake_errors(self.root, f"read at {path}"):
            source = self.store.open(path)
            if source is None:
                return None
            has_digest = check_file(source, path)
        if has_digest or not _DAY.search(path):
            return self.open_parquet(path)
        with lake_errors(self.root, f"read at {path}"):
            format_ = _read_through(self.store.open(path), path)
        if format_ > 1:
            raise damaged(path, "its footer has no digest")
        return self.open_parquet(path)

    def read_text(self, path: str) -> str | None:
        """A small text file of the lake, or None when there is none.

        Raises:
            LakeError: it cannot be read.
        """
        with lake_errors(self.root, f"read at {path}"):
            source = self.store.open(path)
            if source is None:
                return None
            if isinstance(source, Path):
                return source.read_text()
            with source:
                return bytes(source.read()).decode()

    def coverage(self, day: date) -> list[Coverage]:
        """The accepted requests' shares of a day, in order; empty when it has no file."""
        file = self.open_parquet(day_file(day))
        if file is None:
            return []
        with file:
            return decode_footer(file.metadata.metadata, day_file(day))

    def settled_windows(self, day: date) -> list[Window]:
        """The seconds of a day that need not be asked for: landed ones, or all of a retired day."""
        file = self.open_parquet(day_file(day))
        if file is None:
            return []
        with file:
            if decode_retired_at(file.metadata.metadata):
                return [day_window(day)]
            entries = decode_footer(file.metadata.metadata, day_file(day))
            return [part for entry in entries if (part := entry.proven_part)]

    @contextmanager
    def writing(self, path: str) -> Iterator[Path]:
        """A scratch file that replaces `path` when the block ends well, and is gone otherwise.

        Raises:
            LakeError: it cannot be written.
        """
        with lake_errors(self.root, f"written at {path}"):
            scratch = self.store.scratch(path)
            try:
                yield scratch
                self.store.replace(scratch, path)
            finally:
                self.store.discard(scratch)

    @contextmanager
    def merging(self) -> Iterator[None]:
        """Hold the lake's lock: between reading a file and replacing it nobody else may.

        Raises:
            LakeError: another process holds it for ever, or it cannot be used.
        """
        with lake_errors(self.root, "locked"):
            lock = HostLock(self.store.lock_file(), f"the lake {self.root}")
            try:
                lock.acquire()
            except LockTimeoutError as error:
                raise LakeError(f"{error} Then run again: what is landed stays.") from None
        try:
            with lake_errors(self.root, "merged"):
                yield
        finally:
            lock.release()


def open_lake(root: str | Path, file_mode: int = DEFAULT_MODE) -> Lake:
    """The lake at a path or URL; nothing is read or made yet.

    Args:
        root: a directory, or a URL of an object store such as `s3://bucket/lake`.
        file_mode: rights of files in a directory, like 0o640 (owner and group only).
    """
    text = str(root)
    if "://" in text and not text.startswith("file://"):
        return Lake(text, ObjectStore(text.rstrip("/")))
    directory = Path(text.removeprefix("file://")).absolute()
    return Lake(text, LocalStore(directory, file_mode))


def _read_through(source: Path | BinaryIO | None, path: str) -> int:
    """Read each row of a day file without a digest; gives its format.

    Raises:
        DamagedFileError: it cannot be read, and not because of the disk or the store.
        OSError: likewise, because of those.
    """
    try:
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            for index in range(file.metadata.num_row_groups):
                file.read_row_group(index)
            return decode_format(file.metadata.metadata, path)
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None) is not None:
            raise
        raise damaged(path, f"it cannot be read: {error}") from error


@contextmanager
def lake_errors(root: str, what: str) -> Iterator[None]:
    """Turn what the disk or the store says into one error that says what to do."""
    try:
        yield
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError, BotoCoreError) as error:
        if _PAGE_DAMAGED in str(error):
            raise damaged(f"a file of the lake {root}", f"{what}: {error}") from error
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LakeError(
            f"the lake {root} could not be {what}: {reason}. Check its path, rights and free "
            "space, then run again: what is landed stays, what is missing is asked for."
        ) from error
