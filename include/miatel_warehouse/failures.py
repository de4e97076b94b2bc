"""What DuckDB and the disk say when a file cannot be used, as an error that says what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from miatel_warehouse.errors import WarehouseError

_FULL, _FORBIDDEN, _MEMORY, _OF_DISK = (
    "No space left on device", "Permission denied", "Out of Memory", "the disk"
)  # fmt: skip
_ADVICE = {
    ("Could not set lock on file", "Conflicting lock is held"): (
        "Another process has it open: end that process, or wait for it, and run this command again."
    ),
    (_FULL, "Disk quota exceeded", "out of disk space"): (
        "The disk is full: free space where the warehouse, the lake and the published file are "
        "(each is written anew beside the old one), and run this command again. Each of them is "
        "still whole, the old one or the new one."
    ),
    (_FORBIDDEN, "Read-only file system", "Operation not permitted"): (
        "Give this user the right to read and write there, and run this command again."
    ),
    (_MEMORY, "could not allocate", "failed to allocate"): (
        "Memory does not suffice: end other processes or raise the limit of this one, and run this "
        "command again."
    ),
    ("newer version of DuckDB", "database file with version number"): (
        "A later version of DuckDB wrote it: use the version that this project pins."
    ),
    (_OF_DISK,): "Check its path, disk and mount, and run this command again.",
}
"""What DuckDB or the disk say → what to do."""

_DAMAGED = (
    "It is damaged, or none of DuckDB's files. What is published is as before. Put a copy of it "
    "back that is whole, with its .wal if there is one. Without a copy, and while no day of the "
    "lake is retired, move it away and run the DAG miatel_transform: everything in it is built "
    "anew from the lake. Sums of retired days stand only in it and in the published tables: "
    "docs/runbook.md says what then."
)
_DAMAGED_ERRORS = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
    duckdb.DataError,
)


@contextmanager
def explained(warehouse: Path | str, what: str) -> Iterator[None]:
    """Turn what DuckDB or the disk says into one error that says what to do.

    Args:
        warehouse: the DuckDB file that is read or written, or several in words.
        what: what could not be done, to stand after "could not be".

    Raises:
        WarehouseError: something went wrong that lies in files, disk or memory. What is wrong with
            a mart's SQL is raised as it is.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise _error(warehouse, what, error, _advice(str(error), _MEMORY)) from error
    except duckdb.Error as error:
        if not isinstance(error, _DAMAGED_ERRORS):
            raise
        raise _error(warehouse, what, error, _advice(str(error), "")) from error
    except OSError as error:
        if error.errno is None:
            raise
        text = error.strerror or str(error)
        raise _error(warehouse, what, error, _advice(text, _of_disk(error.errno))) from error


def _error(warehouse: Path | str, what: str, error: Exception, advice: str) -> WarehouseError:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return WarehouseError(f"{warehouse} could not be {what} ({reason[:300]}). {advice}")


def _of_disk(number: int) -> str:
    if number in (errno.ENOSPC, errno.EDQUOT):
        return _FULL
    return _FORBIDDEN if number in (errno.EACCES, errno.EPERM, errno.EROFS) else _OF_DISK


def _advice(text: str, hint: str) -> str:
    said = f"{text} {hint}"
    for parts, advice in _ADVICE.items():
        if any(part in said for part in parts):
            return advice
    return _DAMAGED
