"""The digest in a day file's footer: damage of any bit is seen before anything is made of the file.

Parquet's own checksums cover pages only, and not every reader looks at them. This digest covers all
bytes of the file: it is computed over the file with zeros in the digest's own place. A second one
covers the footer's entries alone, so that coverage can be trusted without reading the rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from miatel.errors import DamagedFileError

FILE_KEY = b"miatel.file_digest"
ENTRIES_KEY = b"miatel.entries_digest"
_MARK = b"miatel-sha256:"
_ZEROS = b"0" * 64
_FOUND = re.compile(re.escape(_MARK) + rb"([0-9a-f]{64})")
_TAIL_BYTES = 8  # the footer's length and the magic number
_MAGIC = b"PAR1"
_BLOCK_BYTES = 1 << 20


def with_digests(entries: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """A footer's entries with the digest of them, and the place for the one of the file.

    Args:
        entries: all others that the footer will have, without Arrow's own.
    """
    return {**entries, ENTRIES_KEY: _digest_of_entries(entries), FILE_KEY: _MARK + _ZEROS}


def seal_file(path: Path) -> None:
    """Put a file's digest into the place that its footer keeps for it.

    Args:
        path: a closed Parquet file whose entries are from `with_digests`.

    Raises:
        DamagedFileError: the footer has no such place.
    """
    with path.open("r+b") as file:
        found = _compute(file, str(path))
        if found is None:
            raise damaged(path.name, "its footer keeps no place for a digest")
        file.seek(found[0])
        file.write(found[1])


def check_entries(metadata: Mapping[bytes, bytes], path: str) -> None:
    """Check a footer's entries against their digest.

    Raises:
        DamagedFileError: they are not as they were written.
    """
    entries = {key: value for key, value in metadata.items() if key not in (ENTRIES_KEY, FILE_KEY)}
    if metadata.get(ENTRIES_KEY) != _digest_of_entries(entries):
        raise damaged(path, "the entries of its footer are not those that were written")


def check_file(source: Path | BinaryIO, path: str) -> bool:
    """Check every byte of a file against the digest in its footer.

    Args:
        source: the file; an open one is read from its beginning and left at its beginning.
        path: relative to the lake's root, for the message.

    Returns:
        False where it has no digest, as what 0.1.0 wrote.

    Raises:
        DamagedFileError: it is not as it was written.
        OSError: it cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return check_file(file, path)
    found = _compute(source, path)
    if found is None:
        source.seek(0)
        return False
    start, digest = found
    source.seek(start)
    written = source.read(len(digest))
    source.seek(0)
    if written != digest:
        raise damaged(path, "its content is not what was written")
    return True


def damaged(path: str, what: str) -> DamagedFileError:
    """The error for a file that is not as it was written."""
    return DamagedFileError(
        f"{path} is damaged: {what}. Nothing is made of it. Land its whole day again: run "
        "miatel_history over this day with reload."
    )


def _digest_of_entries(entries: Mapping[bytes, bytes]) -> bytes:
    digest = hashlib.sha256()
    for key, value in sorted(entries.items()):
        if not key.startswith(b"ARROW:"):
            digest.update(b"%d %d " % (len(key), len(value)) + key + value)
    return digest.hexdigest().encode()


def _compute(file: BinaryIO, path: str) -> tuple[int, bytes] | None:
    """Where a file's digest stands, and what it should be; None where there is none."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - _TAIL_BYTES:
        raise damaged(path, "it does not end as a Parquet file does")
    footer_start = size - _TAIL_BYTES - length
    file.seek(footer_start)
    found = list(_FOUND.finditer(file.read(length)))
    if len(found) != 1:
        return None
    start = footer_start + found[0].start(1)
    digest = hashlib.sha256()
    file.seek(0)
    _update(digest, file, start)
    digest.update(_ZEROS)
    file.seek(start + len(_ZEROS))
    _update(digest, file, size - start - len(_ZEROS))
    return start, digest.hexdigest().encode()


def _update(digest: hashlib._Hash, file: BinaryIO, length: int) -> None:
    while length:
        block = file.read(min(_BLOCK_BYTES, length))
        if not block:
            return
        digest.update(block)
        length -= len(block)
