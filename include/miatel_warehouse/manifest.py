"""The manifest: which immutable files make up the published build, written after all of them.

Whoever reads the manifest once and then only the files that it names sees one build, whatever is
published meanwhile: no file that it names is ever written again, and those of the build before
stay until the next one is published.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from miatel.store import Store

log = logging.getLogger(__name__)

MARTS = "marts"
"""Folder of the published tables, below the lake's root."""

MANIFEST = f"{MARTS}/manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class PublishedFile:
    """A Parquet file of a published table.

    Attributes:
        path: below the folder of the manifest; never written again.
        rows: their number.
        sha256: of its bytes, in hex.
        day: whose rows it holds; None where it is the table's only file.
        version: changes with the rows that it was made of.
    """

    path: str
    rows: int
    sha256: str
    day: date | None = None
    version: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A published build.

    Attributes:
        publication: another text each time something is published.
        build_id: of the dbt run that built the tables; stands in their `data_freshness`, too. Of
            several accounts one of each, joined by `+`.
        published_at: when it was published, ISO 8601, UTC.
        code_version: of this package, which published it.
        changed_days: of which a table that is published by day has other rows than in the build
            before.
        tables: the files of each table, by its name.
        superseded: files of the previous build that are none of this one's; they are still there.
        sources: accounts whose rows stand in the tables, by `source_name`, the first one first.
    """

    publication: str
    build_id: str
    published_at: str
    code_version: str
    changed_days: Sequence[date]
    tables: Mapping[str, Sequence[PublishedFile]]
    superseded: Sequence[str] = field(default=())
    sources: Sequence[str] = field(default=())

    def paths(self) -> Iterator[str]:
        """The path of each of its files."""
        for files in self.tables.values():
            yield from (file.path for file in files)

    def to_json(self) -> str:
        """The manifest as it is stored."""
        content = {
            "format": FORMAT,
            "publication": self.publication,
            "build_id": self.build_id,
            "published_at": self.published_at,
            "code_version": self.code_version,
            "changed_days": [f"{day}" for day in self.changed_days],
            "tables": {name: _table(files) for name, files in self.tables.items()},
            "superseded": list(self.superseded),
            "sources": list(self.sources),
        }
        return json.dumps(content, indent=1)


def read_manifest(store: Store) -> tuple[Manifest | None, str | None]:
    """What is published now, and the version of the manifest's file, to replace it by.

    Returns:
        None twice where nothing was published with a manifest yet; a version without a manifest
        where it cannot be read, which the next publishing cures.

    Raises:
        OSError: the store cannot be read.
    """
    found = store.open(MANIFEST)
    if found is None:
        return None, None
    if isinstance(found.source, Path):
        content = found.source.read_bytes()
    else:
        with found.source as file:
            content = file.read()
    try:
        return _parse(json.loads(content)), found.version
    except (ValueError, KeyError, TypeError):
        log.warning("%s is no manifest that this version reads", store.address(MANIFEST))
        return None, found.version


def _table(files: Sequence[PublishedFile]) -> dict[str, Any]:
    """A table's rows, digest (of its files' digests, in order) and files."""
    digest = hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
    return {
        "rows": sum(file.rows for file in files),
        "digest": digest,
        "files": [_without_none(file) for file in files],
    }


def _without_none(file: PublishedFile) -> dict[str, Any]:
    day = f"{file.day}" if file.day else None
    return {name: value for name, value in (vars(file) | {"day": day}).items() if value is not None}


def _parse(content: dict[str, Any]) -> Manifest:
    if content["format"] != FORMAT:
        raise ValueError("another format")
    return Manifest(
        publication=content["publication"],
        build_id=content["build_id"],
        published_at=content["published_at"],
        code_version=content["code_version"],
        changed_days=[date.fromisoformat(day) for day in content["changed_days"]],
        tables={
            name: [_file(file) for file in table["files"]]
            for name, table in content["tables"].items()
        },
        superseded=content["superseded"],
        sources=content.get("sources", ()),  # earlier versions had one account
    )


def _file(content: dict[str, Any]) -> PublishedFile:
    day = content.get("day")
    return PublishedFile(**content | {"day": date.fromisoformat(day) if day else None})
