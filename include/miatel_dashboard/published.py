"""Where the published Parquet files are, as local paths that DuckDB can be held to."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from miatel.store import open_store
from miatel_warehouse.manifest import MANIFEST, MARTS, Manifest, read_manifest

_DOWNLOADS = 8


@dataclass(frozen=True)
class PublishedFiles:
    """The published tables at one moment.

    Attributes:
        paths: the Parquet files of each table.
        version: a text that changes whenever a file does.
    """

    paths: dict[str, list[Path]]
    version: str


class PublishedTables:
    """The published tables of a lake: read where they are, or copied from an object store.

    They are those that the manifest names, so all of one build. An older version published without
    one; then they are what stands in the folder. Of an object store each look reads the manifest's
    version and downloads what differs from the copy here. The copies go away with the process.

    Args:
        lake: its root, a path or a URL such as s3://bucket/prefix.
        tables: those that will be read.
    """

    def __init__(self, lake: str, tables: frozenset[str]) -> None:
        self._store = open_store(lake)
        self._tables = sorted(tables)
        self._manifest: tuple[Manifest | None, str | None] = None, None
        self._lock = Lock()

    def files(self) -> PublishedFiles:
        """The files as they are now; none where there is no such folder."""
        with self._lock:
            try:
                versions = self._versions()
            except FileNotFoundError:  # no such bucket
                versions = {}
            with ThreadPoolExecutor(_DOWNLOADS, thread_name_prefix="miatel-marts") as pool:
                paths = {
                    table: list(pool.map(self._store.local_path, *zip(*files, strict=True)))
                    for table, files in versions.items()
                }
        found = repr(sorted(versions.items()))
        return PublishedFiles(paths, hashlib.sha256(found.encode()).hexdigest()[:16])

    def _versions(self) -> dict[str, list[tuple[str, str]]]:
        """Of each table's files the path below the root, and a text that changes with the file."""
        if self._store.version(MANIFEST) != self._manifest[1]:
            self._manifest = read_manifest(self._store)
        manifest, _ = self._manifest
        if manifest is None:
            listed = self._store.versions(MARTS)
            plain = {table: f"{MARTS}/{table}.parquet" for table in self._tables}
            return {
                table: [(path, listed[path])] for table, path in plain.items() if path in listed
            }
        return {
            table: [(f"{MARTS}/{file.path}", file.sha256) for file in files]
            for table in self._tables
            if (files := manifest.tables.get(table))
        }
