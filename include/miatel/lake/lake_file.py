"""One file of a lake: read at one version, and replaced only while it is still that one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.errors import LakeError
from miatel.lake.coverage import decode_format
from miatel.lake.digest import check_file, damaged
from miatel.sources import MDR
from miatel.store import Store

_PAGE_DAMAGED = "CRC checksum verification failed"


class LakeFile:
    """A file as it is when this is made: to be read, changed and replaced.

    Args:
        root: of the lake, for messages.
        store: where it stands.
        path: relative to the lake's root; it may not be there yet.

    Raises:
        LakeError: it cannot be read.
    """

    def __init__(self, root: str, store: Store, path: str) -> None:
        self.path = path
        self._root = root
        self._store = store
        with self.errors("read"):
            self._found = store.open(path)

    def errors(self, done: str) -> AbstractContextManager[None]:
        """For what is read of the file, or written to it: see `lake_errors`."""
        return lake_errors(self._root, f"{done} at {self.path}")

    def open_parquet(self) -> pq.ParquetFile | None:
        """The Parquet file, or None when there is none.

        Raises:
            LakeError: it cannot be read.
        """
        if self._found is None:
            return None
        with self.errors("read"):
            return pq.ParquetFile(self._found.source, page_checksum_verification=True)

    def open_checked(self) -> pq.ParquetFile | None:
        """The Parquet file after each of its bytes was checked, or None when there is none.

        Whatever carries rows over opens a file so. A day file of 0.1.0 has nothing to check by: it
        is read through, and damaged where that fails.

        Raises:
            DamagedFileError: it is not as it was written.
            LakeError: it cannot be read.
        """
        if self._found is None:
            return None
        with self.errors("read"):
            has_digest = check_file(self._found.source, self.path)
            if not has_digest and MDR.day_of(self.path):
                _read_through(self._found.source, self.path)
        return self.open_parquet()

    def read_text(self) -> str | None:
        """The content of a small text file, or None when there is none.

        Raises:
            LakeError: it cannot be read.
        """
        if self._found is None:
            return None
        source = self._found.source
        with self.errors("read"):
            if isinstance(source, Path):
                return source.read_text()
            source.seek(0)
            return bytes(source.read()).decode()

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A scratch file that replaces this one when the block ends well, and is gone otherwise.

        Raises:
            ConflictError: another writer has replaced the file; nothing was written.
            LakeError: it cannot be written.
        """
        with self.errors("written"):
            scratch = self._store.scratch(self.path)
            try:
                yield scratch
                self.replace(scratch)
            finally:
                self._store.discard(scratch)

    def replace(self, scratch: Path) -> None:
        """Put a scratch file in the place of this one.

        Args:
            scratch: of the lake's store; it stays where nothing was replaced.

        Raises:
            ConflictError: another writer has replaced the file; nothing was written.
            LakeError: it cannot be written.
        """
        with self.errors("written"):
            if self._found is None:
                self._store.create(scratch, self.path)
            else:
                self._store.replace_if(scratch, self.path, self._found.version)


@contextmanager
def lake_errors(root: str, what: str) -> Iterator[None]:
    """Turn what the disk or the store says into one error that says what to do."""
    try:
        yield
    except (OSError, pa.ArrowException, KeyError, UnicodeDecodeError, *_s3_errors()) as error:
        if _PAGE_DAMAGED in str(error):
            raise damaged(f"a file of the lake {root}", f"{what}: {error}") from error
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise LakeError(
            f"the lake {root} could not be {what}: {reason}. Check its path, rights and free "
            "space, then run again: what is landed stays, what is missing is asked for."
        ) from error


def _s3_errors() -> tuple[type[Exception], ...]:
    """What S3's client raises beside OSError; where it was never imported it raises nothing."""
    client = sys.modules.get("botocore.exceptions")
    return (client.BotoCoreError,) if client else ()


def _read_through(source: object, path: str) -> None:
    """Read each row of a day file without a digest.

    Raises:
        DamagedFileError: it cannot be read, and not because of the disk or the store; or it is of a
            format whose files have a digest.
        OSError: it cannot be read because of the disk or the store.
    """
    try:
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            for index in range(file.metadata.num_row_groups):
                file.read_row_group(index)
            format_ = decode_format(file.metadata.metadata, path)
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None) is not None:
            raise
        raise damaged(path, f"it cannot be read: {error}") from error
    if format_ > 1:
        raise damaged(path, "its footer has no digest")
