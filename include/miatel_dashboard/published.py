"""Where the published Parquet files are, as local paths that DuckDB can be held to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from miatel.store import open_store

FOLDER = "marts"


@dataclass(frozen=True)
class PublishedFiles:
    """The published tables at one moment.

    Attributes:
        paths: the Parquet file of each table.
        version: a text that changes whenever a file does.
    """

    paths: dict[str, Path]
    version: str


class PublishedTables:
    """The published tables of a lake: read where they are, or copied from an object store.

    Of an object store each look lists the folder and downloads what differs from the copy here.
    Other tables stay where they are. The copies go away with the process.

    Args:
        lake: its root, a path or a URL such as s3://bucket/prefix.
        tables: those that will be read.
    """

    def __init__(self, lake: str, tables: frozenset[str]) -> None:
        self._store = open_store(lake)
        self._tables = {f"{FOLDER}/{table}.parquet": table for table in sorted(tables)}
        self._lock = Lock()

    def files(self) -> PublishedFiles:
        """The files as they are now; none where there is no such folder."""
        with self._lock:
            try:
                listed = self._store.versions(FOLDER)
            except FileNotFoundError:  # no such bucket
                listed = {}
            versions = [(path, listed[path]) for path in self._tables if path in listed]
            paths = {
                self._tables[path]: self._store.local_path(path, version)
                for path, version in versions
            }
        return PublishedFiles(paths, hashlib.sha256(repr(versions).encode()).hexdigest()[:16])
