"""The lake: where day files stand, how they are read, and how one is replaced atomically."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyarrow.parquet as pq

from miatel.errors import ConflictError, LakeError, LockTimeoutError, MiatelError
from miatel.lake.coverage import Coverage, decode_footer
from miatel.lake.lake_file import LakeFile, lake_errors
from miatel.settings import DEFAULT_FILE_MODE
from miatel.sources import MDR, SOURCES, Source
from miatel.store import Store, open_store

log = logging.getLogger(__name__)

UPDATE_ATTEMPTS = 20
"""How often a change is made again because another writer was quicker. Each conflict means that
another one has written: only a lake with more writers at a time than this ever gives up."""

T = TypeVar("T")


def day_file(day: date) -> str:
    """A day's file of message detail records, relative to the lake's root."""
    return MDR.file(day)


class Lake:
    """The day files and geo names below one root.

    Args:
        root: for messages.
        store: how its files are read and replaced.
        sources: the sources of its raw records.
    """

    def __init__(self, root: str, store: Store, sources: tuple[Source, ...] = SOURCES) -> None:
        self.root = root
        self.store = store
        self.sources = sources

    def files(self, source: Source) -> list[str]:
        """The files of a source, those of days in their order."""
        with lake_errors(self.root, "listed"):
            return sorted(filter(source.holds, self.store.find(source.directory)))

    def days(self, source: Source = MDR) -> list[date]:
        """The days of which a source has a file, in order."""
        return [day for path in self.files(source) if (day := source.day_of(path))]

    def file(self, path: str) -> LakeFile:
        """A file of the lake as it is now.

        Raises:
            LakeError: it cannot be read.
        """
        return LakeFile(self.root, self.store, path)

    def open_parquet(self, path: str) -> pq.ParquetFile | None:
        """See `LakeFile.open_parquet`."""
        return self.file(path).open_parquet()

    def open_checked(self, path: str) -> pq.ParquetFile | None:
        """See `LakeFile.open_checked`."""
        return self.file(path).open_checked()

    def coverage(self, day: date) -> list[Coverage]:
        """The accepted requests' shares of a day, in order; empty when it has no file."""
        file = self.open_parquet(day_file(day))
        if file is None:
            return []
        with file:
            return decode_footer(file.metadata.metadata, day_file(day))

    @contextmanager
    def writing(self, path: str) -> Iterator[Path]:
        """A scratch file that replaces `path` when the block ends well, whatever is there by then.

        For what is not made from the file that it replaces; `update` is for that.

        Raises:
            LakeError: it cannot be written.
        """
        with lake_errors(self.root, f"written at {path}"), self.store.writing(path) as scratch:
            yield scratch

    def update(self, path: str, change: Callable[[LakeFile], T]) -> T:
        """Read a file, change it and replace it, so that no other writer's work is lost.

        Others on this host wait meanwhile. Where a writer on another host was quicker, the change
        is made again, from the file that this one has left.

        Args:
            path: of the file.
            change: is given the file; may be called more than once.

        Returns:
            What `change` returned.

        Raises:
            ConflictError: others were quicker time and again; nothing was written.
            LakeError: another process holds the lock for ever, or it cannot be used.
        """
        for _ in range(UPDATE_ATTEMPTS - 1):
            try:
                with self.locked():
                    return change(self.file(path))
            except (ConflictError, LakeError) as error:
                if not _lost_to_another(error):
                    raise
                log.info("%s This is done now.", error)
        with self.locked():
            return change(self.file(path))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lake's lock: between reading a file and replacing it nobody else may.

        Raises:
            LakeError: another process holds it for ever, or it cannot be used.
        """
        with ExitStack() as stack:
            with lake_errors(self.root, "locked"):
                try:
                    stack.enter_context(self.store.locked())
                except LockTimeoutError as error:
                    raise LakeError(f"{error} Then run again: what is landed stays.") from None
            with lake_errors(self.root, "changed"):
                yield


def _lost_to_another(error: MiatelError) -> bool:
    """Whether another writer has replaced the file: before ours was, or while it was read."""
    # The latter is an error of s3fs's, which takes half a second to import.
    return isinstance(error, ConflictError) or type(error.__cause__).__name__ == "FileExpired"


def open_lake(
    root: str | Path, file_mode: int = DEFAULT_FILE_MODE, sources: tuple[Source, ...] = SOURCES
) -> Lake:
    """The lake at a path or URL; nothing is read or made yet.

    Args:
        root: a directory, or a URL of an object store such as `s3://bucket/lake`.
        file_mode: rights of files in a directory, like 0o640 (owner and group only).
        sources: the sources of its raw records.
    """
    return Lake(str(root), open_store(root, file_mode), sources)
