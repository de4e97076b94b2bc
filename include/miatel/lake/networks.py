"""The geo names that came with the answers: every one ever received, the last one last."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.json_text import LONE_SURROGATE
from miatel.lake.digest import seal_file, with_digests
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile
from miatel.schema import NETWORKS_SCHEMA
from miatel.sources import NETWORKS


class Networks:
    """Lands geo names that are new or have changed.

    Args:
        lake: where the names' file stands, or will.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._last = _last_names(_read(lake.file(NETWORKS.path)))

    def add(self, names: dict[int, str], received_at: datetime) -> int:
        """Land the names that differ from the last one received for their number.

        Args:
            names: geo name by MCC/MNC number.
            received_at: when they were requested, aware UTC.

        Returns:
            How many were new.

        Raises:
            LakeError: the file cannot be read or written; it is as before.
        """
        # A text cut inside an emoji ends in a lone surrogate, which no Parquet file can hold.
        names = {number: LONE_SURROGATE.sub("\ufffd", name) for number, name in names.items()}
        if not _news(names, self._last):
            return 0
        return self._lake.update(NETWORKS.path, lambda file: self._add_to(file, names, received_at))

    def _add_to(self, file: LakeFile, names: dict[int, str], received_at: datetime) -> int:
        known = _read(file)
        self._last = _last_names(known)
        new = _news(names, self._last)
        if new:
            rows = [
                {
                    "sms_hub_mccmnc_id": number,
                    "sms_hub_mccmnc_name": name,
                    "first_received_at": received_at,
                }
                for number, name in sorted(new.items())
            ]
            added = pa.Table.from_pylist(rows, schema=NETWORKS_SCHEMA)
            with file.writing() as scratch:
                _write(pa.concat_tables([known, added]), scratch)
            self._last |= new
        return len(new)


def _news(names: dict[int, str], last: dict[int, str]) -> dict[int, str]:
    return {number: name for number, name in names.items() if last.get(number) != name}


def _write(table: pa.Table, path: Path) -> None:
    with pq.ParquetWriter(path, NETWORKS_SCHEMA, write_page_checksum=True) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(with_digests({}))
    seal_file(path)


def _read(file: LakeFile) -> pa.Table:
    names = file.open_checked()
    if names is None:
        return NETWORKS_SCHEMA.empty_table()
    with names, file.errors("read"):
        return names.read().cast(NETWORKS_SCHEMA)


def _last_names(table: pa.Table) -> dict[int, str]:
    ordered = table.sort_by("first_received_at")
    return dict(
        zip(
            ordered["sms_hub_mccmnc_id"].to_pylist(),
            ordered["sms_hub_mccmnc_name"].to_pylist(),
            strict=True,
        )
    )
