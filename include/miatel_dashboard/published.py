"""Where the published Parquet files are, as local paths that DuckDB can be held to."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class PublishedFiles:
    """The published tables at one moment.

    Attributes:
        paths: the Parquet file of each table.
        version: a text that changes whenever a file does.
    """

    paths: dict[str, Path]
    version: str


class LocalMarts:
    """The marts of a lake in this machine's file system: read where they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> PublishedFiles:
        """The files as they are now; none where there is no such folder."""
        paths = {path.stem: path.resolve() for path in sorted(self._folder.glob("[!.]*.parquet"))}
        stats = {name: path.stat() for name, path in paths.items()}
        marks = [(name, s.st_ino, s.st_mtime_ns, s.st_size) for name, s in stats.items()]
        return PublishedFiles(paths, _digest(marks))


@dataclass
class ObjectMarts:
    """The marts of a lake in an object store, by fsspec: copied to this machine when they change.

    Each request lists the folder and downloads what differs from the copy here. Facts
    are not needed and stay where they are. The copies go away with the process.
    """

    url: str
    tables: frozenset[str]
    _copies: dict[str, tuple[str, Path]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="miatel-marts-")

    def files(self) -> PublishedFiles:
        """The files as they are now in the store."""
        import fsspec

        store, prefix = fsspec.core.url_to_fs(self.url)
        with self._lock:
            store.invalidate_cache()
            listed = {
                Path(path).stem: path
                for path in (store.ls(prefix, detail=False) if store.exists(prefix) else [])
                if path.endswith(".parquet")
            }
            for name in self.tables & listed.keys():
                self._copy(store, name, listed[name])
            kept = sorted(self.tables & listed.keys())
            marks = [(name, self._copies[name][0]) for name in kept]
            return PublishedFiles({name: self._copies[name][1] for name in kept}, _digest(marks))

    def _copy(self, store: Any, name: str, path: str) -> None:
        mark = _digest(store.ukey(path))  # of S3 the ETag
        if self._copies.get(name, ("", None))[0] == mark:
            return
        # a name of its own: a request under way goes on reading the copy it has begun with
        target = Path(self._scratch.name) / f"{name}-{mark}.parquet"
        store.get_file(path, str(target))
        self._copies[name] = (mark, target)


def open_published(lake: str, tables: frozenset[str]) -> LocalMarts | ObjectMarts:
    """The published marts of a lake.

    Args:
        lake: its root, a path or a URL such as s3://bucket/prefix.
        tables: those that will be read.
    """
    if "://" in lake:
        return ObjectMarts(f"{lake.rstrip('/')}/marts", tables)
    return LocalMarts(Path(lake) / "marts")


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
