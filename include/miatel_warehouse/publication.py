"""One publication: which files are written, which stay, and what no manifest names any more."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from miatel.store import Store
from miatel_warehouse.bi_file import MOST_CHANGED, BiFile
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.manifest import MANIFEST, MARTS, Manifest, PublishedFile, read_manifest
from miatel_warehouse.marts import Mart
from miatel_warehouse.places import Places

_VERSIONS = "_versions"
"""Folder of the files that manifests name; readers of folders pass over it for its name."""

_COPYING = f"{MARTS}/{_VERSIONS}/copying"
"""A note: stands while files outside of that folder may be of another build than the manifest."""

_NO_ROWS = ("", 0)
_LATEST = re.compile(rf"{MARTS}/([^./_]\w*/\d{{4}}-\d{{2}}-\d{{2}}|[^./][^/]*)\.parquet")


class Publication:
    """The next publication of the marts; call its methods in the order in which they stand.

    Args:
        store: of the lake in which the Parquet files stand.
        bi: the next published DuckDB file, and what it is filled with.
        keep_previous: whether the previous build stays readable.

    Attributes:
        id: another text for each publication; part of the names of its files.
        rows: of each table, by its name, once it is filled.
    """

    def __init__(self, store: Store, bi: BiFile, *, keep_previous: bool) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.rows: dict[str, int] = {}
        self._store = store
        self._bi = bi
        self._marts = marts = bi.joined.marts
        self._build_id = bi.joined.build_id() or self.id
        self._previous, self._replaces = read_manifest(store)
        known = self._previous.tables if self._previous else {}
        # what the owner does not want any more is in no older build either
        self._forgets = (
            not keep_previous
            or not known.keys() <= {mart.name for mart in marts}
            or not self._former_sources() <= set(bi.joined.source_names)
        )
        self._tables: dict[str, list[PublishedFile]] = {}
        by_day = [mart for mart in marts if mart.is_by_day]
        self._days = {mart.name: bi.joined.day_versions(mart) for mart in by_day}
        self._kept = {
            name: {
                file.day: file
                for file in known.get(name, [])
                if file.day and file.version == days.get(file.day, _NO_ROWS)[0]
            }
            for name, days in self._days.items()
        }
        self._changed = {name: self._changed_days(name) for name in self._days}

    def fill(self, published: Path) -> None:
        """Fill the DuckDB file: a copy of the published one in which changed days are replaced.

        It is made anew where much changed, or where nothing of before may be left in it.
        """
        is_copy = self._begin_with_copy(published)
        if not is_copy:
            self._bi.begin_anew()
        for mart in self._marts:
            if not is_copy:
                self._bi.replace_table(mart)
            elif mart.is_by_day:
                self._bi.replace_days(mart, self._changed[mart.name])
            else:
                self._bi.update_table(mart)
            self.rows[mart.name] = self._bi.count(mart)

    def write_files(self) -> None:
        """Write the Parquet files that changed, under names that nobody knows yet."""
        for mart in self._marts:
            if mart.is_by_day:
                kept, days = self._kept[mart.name], self._days[mart.name]
                self._tables[mart.name] = [
                    kept.get(day) or self._write(mart, rows, day, found)
                    for day, (found, rows) in days.items()
                ]
            else:
                self._tables[mart.name] = [self._write(mart, self.rows[mart.name])]
        self._bi.finish(self.id)

    def copy_to_latest_paths(self) -> None:
        """Give the files names by which they are read without a manifest; remove former ones."""
        wanted = {
            latest_path(name, file.day): f"{MARTS}/{file.path}"
            for name, files in self._tables.items()
            for file in files
        }
        listed = self._store.find(MARTS)
        present = {path for path in listed if _LATEST.fullmatch(path)}
        is_of_previous = self._previous is not None and _COPYING not in listed
        kept = {f"{MARTS}/{path}" for path in self._previous.paths()} if self._previous else set()
        with self._store.writing(_COPYING):
            pass  # an empty file
        for latest, path in wanted.items():
            if not (is_of_previous and path in kept and latest in present):
                self._store.copy(path, latest)
        for latest in sorted(present - wanted.keys()):
            self._store.remove(latest)

    def write_manifest(self) -> None:
        """Make this the published build, and remove what neither it nor the one before names.

        Raises:
            ConflictError: another process published meanwhile.
        """
        manifest = self._manifest()
        scratch = self._store.scratch(MANIFEST)
        try:
            scratch.write_text(manifest.to_json())
            self._store.replace_if(scratch, MANIFEST, self._replaces)
        finally:
            self._store.discard(scratch)
        self._store.remove(_COPYING)
        named = {f"{MARTS}/{path}" for path in (*manifest.paths(), *manifest.superseded)}
        for path in self._store.find(f"{MARTS}/{_VERSIONS}"):
            if path not in named:
                self._store.remove(path)

    def discard(self) -> None:
        """Remove what was written, unless the manifest names it though writing that failed."""
        published, _ = read_manifest(self._store)
        if published is None or published.publication != self.id:
            for path in self._store.find(f"{MARTS}/{_VERSIONS}"):
                if path.endswith(f".{self.id}.parquet"):
                    self._store.remove(path)

    def _former_sources(self) -> set[str]:
        return set(self._previous.sources) if self._previous else set()

    def _changed_days(self, name: str) -> list[date]:
        """Days of a table that have other rows than before, or none any more."""
        before = self._previous.tables.get(name, []) if self._previous else []
        days = self._days[name].keys() | {file.day for file in before if file.day}
        return sorted(days - self._kept[name].keys())

    def _begin_with_copy(self, published: Path) -> bool:
        few = all(
            len(self._changed[name]) <= MOST_CHANGED * len(days)
            for name, days in self._days.items()
        )
        return (
            self._previous is not None
            and few
            and not self._forgets
            and self._bi.begin_with_copy(published, self._previous.publication)
        )

    def _write(
        self, mart: Mart, rows: int, day: date | None = None, found: str | None = None
    ) -> PublishedFile:
        name = f"{mart.name}/{day}" if day else mart.name
        path = f"{_VERSIONS}/{name}.{self.id}.parquet"
        with self._store.writing(f"{MARTS}/{path}") as scratch:
            self._bi.write_parquet(mart, scratch, self._build_id, day)
            digest = hashlib.sha256(scratch.read_bytes()).hexdigest()
        return PublishedFile(path, rows, digest, day, found)

    def _manifest(self) -> Manifest:
        paths = {file.path for files in self._tables.values() for file in files}
        superseded: set[str] = set()
        days = {day for changed in self._changed.values() for day in changed}
        if self._previous and not self._forgets:
            superseded = set(self._previous.paths()) - paths
        if self._previous and self._previous.build_id == self._build_id:
            # published again, perhaps by a run that ended early: the build before is the same one
            days |= set(self._previous.changed_days)
            superseded |= set() if self._forgets else set(self._previous.superseded)
        return Manifest(
            publication=self.id,
            build_id=self._build_id,
            published_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            code_version=_code_version(),
            changed_days=sorted(days),
            tables=self._tables,
            superseded=sorted(superseded),
            sources=self._bi.joined.source_names,
        )


def latest_path(table: str, day: date | None = None) -> str:
    """The path below the lake's root by which a table's file is read without a manifest."""
    return f"{MARTS}/{table}/{day}.parquet" if day else f"{MARTS}/{table}.parquet"


def check_no_account_is_missing(places: Places) -> None:
    """Refuse to go on without an account whose tables are published.

    Raises:
        WarehouseError: it is not among the places, nor said to leave the tables.
    """
    manifest, _ = read_manifest(places.open_published())
    published = set(manifest.sources[1:]) if manifest else set()
    known = places.dropped.union(account.source_name for account in places.landed)
    if missing := sorted(published - known):
        raise WarehouseError(
            f"The published tables hold the account {' and '.join(missing)}, which is not known "
            "here, or whose lake is empty. Set MIATEL_FURTHER_LAKES as it was when they were "
            "published, and leave out --lake and --warehouse; an account that is to leave the "
            "tables stands in it with null in place of its lake. Nothing was done."
        )


def _code_version() -> str:
    try:
        return version("miatel-airflow")
    except PackageNotFoundError:
        return "unknown"
