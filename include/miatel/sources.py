"""The sources of raw records that a lake holds, each registered once.

Whatever is done to all raw records (erasing, retention, verification, upgrade) goes over
`SOURCES`, so that a source that is added here is reached by all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from miatel.schema import NETWORKS_SCHEMA, RAW_SCHEMA

_DAY = "{day}"


@dataclass(frozen=True)
class PersonalColumns:
    """The columns of a source that hold personal data, by what erasing a number does to them.

    Attributes:
        numbers: phone numbers; null where they are the erased one.
        texts: free texts; null where they name the erased number, and in its rows.
        ids: names and ids; replaced by a keyed hash where they contain the erased number.
        json_objects: JSON objects as texts; without the fields that hold the erased number.
    """

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    json_objects: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.numbers, *self.texts, *self.ids, *self.json_objects)


@dataclass(frozen=True)
class Source:
    """One kind of raw records, and where its Parquet files stand in a lake.

    Attributes:
        path: of its files, relative to the lake's root; `{day}` stands for the GMT day where there
            is one file a day.
        schema: of its rows.
        personal: its columns of personal data.
        has_coverage: its footers say which seconds are landed, by which requests.
        has_retention: the rows of its old days are dropped.
    """

    path: str
    schema: pa.Schema
    personal: PersonalColumns = field(default_factory=PersonalColumns)
    has_coverage: bool = False
    has_retention: bool = True

    @property
    def directory(self) -> str:
        """The directory that holds all its files."""
        return self.path.partition(_DAY)[0].rpartition("/")[0]

    @property
    def is_keyed(self) -> bool:
        """Whether each row has a key, computed from its values."""
        return "record_key" in self.schema.names

    def file(self, day: date) -> str:
        """A day's file, relative to the lake's root."""
        return self.path.replace(_DAY, f"{day:%Y-%m-%d}")

    def day_of(self, path: str) -> date | None:
        """The day of a file; None for what is no file of a day of this source."""
        before, _, after = map(re.escape, self.path.partition(_DAY))
        found = re.fullmatch(rf"{before}(\d{{4}}-\d{{2}}-\d{{2}}){after}", path)
        return date.fromisoformat(found[1]) if found else None

    def holds(self, path: str) -> bool:
        """Whether a file is one of this source's."""
        return path == self.path or self.day_of(path) is not None


MDR = Source(
    path="raw/mdr/mdr_date={day}/mdr.parquet",
    schema=RAW_SCHEMA,
    personal=PersonalColumns(
        numbers=("dst_num", "src_num"),
        texts=("message_body",),
        ids=("message_id", "segment_id", "username", "remote_ip"),
        json_objects=("extra",),
    ),
    has_coverage=True,
)
"""Message detail records, as requests of the statistics API landed them."""

NETWORKS = Source(path="raw/networks/networks.parquet", schema=NETWORKS_SCHEMA, has_retention=False)
"""Every geo name ever received."""

SOURCES = (MDR, NETWORKS)
