"""Which kind of store a path or URL means."""

from __future__ import annotations

from pathlib import Path

from miatel.settings import DEFAULT_FILE_MODE
from miatel.store.base import Store
from miatel.store.directory import DirectoryStore


def open_store(root: str | Path, file_mode: int = DEFAULT_FILE_MODE) -> Store:
    """The store at a path or URL; nothing is read or made yet.

    Args:
        root: a directory, or a URL of an object store such as `s3://bucket/prefix`.
        file_mode: rights of files in a directory, like 0o640 (owner and group only).
    """
    text = str(root)
    if "://" not in text or text.startswith("file://"):
        return DirectoryStore(Path(text.removeprefix("file://")).absolute(), file_mode)
    # Only here: a directory needs nothing of it, and its client takes long to import.
    from miatel.store.objects import ObjectStore, S3Store

    kind = S3Store if text.startswith("s3://") else ObjectStore
    return kind(text.rstrip("/"))
