"""Files that readers see whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; nothing is left there afterwards.

    The name begins with a dot and ends with `.tmp`, so that no reader's pattern matches it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)
        # DuckDB's log of a file that was not closed in order
        scratch.with_name(scratch.name + ".wal").unlink(missing_ok=True)


def move_into_place(scratch: Path, target: Path) -> None:
    """Make `scratch` the file at `target`, at once for every reader and safe from a power cut.

    A reader that has the old file open goes on reading the old one.
    """
    _flush(scratch)
    scratch.replace(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
