"""A key that is easy to find, wherever it should not be, and hard to handle on the way."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow.parquet as pq

CANARY = "cAnary/+key &%=é"
WRONG_CANARY = "wrOngcAnary/+key &%=é"
# In whatever spelling, the letters stay; the full spellings are for the reader of a failure.
NEEDLES = tuple(text.encode() for text in ("cAnary", CANARY, quote(CANARY), quote_plus(CANARY)))


def leaks_in_files(directory: Path) -> Iterator[str]:
    """Every file under `directory` with the canary in its bytes, or in a Parquet file's values."""
    for path in sorted(directory.rglob("*")):
        if not path.is_file():
            continue
        texts = [path.read_bytes()]
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            texts.append(repr(table.to_pydict()).encode())
            texts.append(repr(table.schema.metadata).encode())
            texts.append(repr(pq.read_metadata(path).metadata).encode())
        if any(leaks_in(text) for text in texts):
            yield str(path)


def leaks_in(text: str | bytes) -> bool:
    """Whether the canary stands in the text."""
    data = text.encode() if isinstance(text, str) else text
    return any(needle in data for needle in NEEDLES)
