"""A source is registered once: erasing, retention and verification reach whatever is registered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miatel import Lake, RecipientKey, erase_number, open_lake, retire_day, verify_lake
from miatel.lake.lake import day_file
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.sink import LakeSink
from miatel.sources import MDR, NETWORKS, SOURCES, PersonalColumns, Source
from tests.support.raw_rows import MIDNIGHT, accepted, at, between

DAY = MIDNIGHT.date()
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NUMBER, OTHER = "79001112233", "79001112234"
KEY = RecipientKey("a key of thirty-two characters, or more")
RECEIPTS = Source(
    path="raw/receipts/receipt_date={day}/receipts.parquet",
    schema=pa.schema([("recipient", pa.string()), ("text", pa.string()), ("node", pa.int64())]),
    personal=PersonalColumns(numbers=("recipient",), texts=("text",)),
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A day of records, and one of another source, which has neither keys nor coverage."""
    lake = open_lake(tmp_path, sources=(*SOURCES, RECEIPTS))
    sink = LakeSink(lake, "run")
    rows = [
        {"sms_hub_switch_id": 1, "sms_hub_sms_id": n, "sms_hub_sms_time": at(n), "dst_num": number}
        for n, number in ((1, NUMBER), (2, OTHER))
    ]
    sink.add(accepted(between(0, 86_400), rows))
    sink.finish_days([])
    with lake.writing(RECEIPTS.file(DAY)) as scratch:
        writer = RowGroupWriter(scratch, RECEIPTS.schema)
        writer.write(pa.table([[NUMBER, OTHER], ["a", "b"], [1, 2]], schema=RECEIPTS.schema))
        writer.close_with({b"a note": b"of its own"})
    return lake


def receipts(lake: Lake) -> list[dict[str, object]]:
    with pq.ParquetFile(Path(lake.root) / RECEIPTS.file(DAY)) as file:
        assert file.metadata.metadata[b"a note"] == b"of its own"
        rows: list[dict[str, object]] = file.read().to_pylist()
    return rows


def test_a_number_is_erased_in_every_source(lake: Lake) -> None:
    cleared = erase_number(lake, KEY, NUMBER, NOW)
    assert (cleared.files, cleared.changed_files, cleared.rows) == (2, 2, 2)
    assert receipts(lake) == [
        {"recipient": None, "text": None, "node": 1},
        {"recipient": OTHER, "text": "b", "node": 2},
    ]
    assert erase_number(lake, KEY, NUMBER, NOW).changed_files == 0


def test_a_day_is_retired_in_every_source(lake: Lake) -> None:
    coverage = lake.coverage(DAY)
    assert retire_day(lake, DAY, [], NOW) is None
    assert len(receipts(lake)) == 2, "landed anew since its sums were built: left alone"
    assert retire_day(lake, DAY, coverage, NOW) == 2
    assert receipts(lake) == []
    assert lake.coverage(DAY) == coverage


def test_a_retirement_that_was_stopped_between_two_sources_goes_on(lake: Lake) -> None:
    coverage = lake.coverage(DAY)
    only_records = open_lake(lake.root)
    assert retire_day(only_records, DAY, coverage, NOW) == 2
    assert len(receipts(lake)) == 2
    assert retire_day(lake, DAY, coverage, NOW) is None, "its records are gone already"
    assert receipts(lake) == []


def test_every_source_is_verified(lake: Lake) -> None:
    assert verify_lake(lake).damaged == {}
    path = Path(lake.root) / RECEIPTS.file(DAY)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    assert list(verify_lake(lake).damaged) == [RECEIPTS.file(DAY)]


def test_a_source_knows_its_files() -> None:
    assert MDR.file(DAY) == day_file(DAY)
    assert MDR.day_of(day_file(DAY)) == DAY
    assert MDR.day_of(RECEIPTS.file(DAY)) is None
    assert (MDR.directory, RECEIPTS.directory) == ("raw/mdr", "raw/receipts")
    assert MDR.holds(day_file(DAY))
    assert not MDR.holds(NETWORKS.path)
    assert NETWORKS.holds(NETWORKS.path)


def test_personal_columns_are_columns_of_their_source() -> None:
    for source in SOURCES:
        assert set(source.personal.names) <= set(source.schema.names)
