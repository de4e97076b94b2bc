"""A flipped bit anywhere in a day file is seen, and no damaged file is made into a whole one."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from miatel import (
    DamagedFileError,
    Lake,
    LakeError,
    NewerFormatError,
    RecipientKey,
    erase_number,
    open_lake,
    retire_day,
)
from miatel.lake.coverage import FORMAT_KEY, decode_footer, encode_footer
from miatel.lake.digest import FILE_KEY, check_file, with_digests
from miatel.lake.lake import day_file
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.sink import LakeSink
from miatel.schema import RAW_SCHEMA
from tests.support.raw_rows import MIDNIGHT, accepted, at, between

DAY = MIDNIGHT.date()
KEY = RecipientKey("a key of the tests, not short")
NUMBER = "6581231223"
NOW = datetime.fromisoformat("2026-05-01T00:00:00+00:00")
FLIPS = 600


def sms(number: int, **more: Any) -> dict[str, Any]:
    return {
        "sms_hub_switch_id": 1, "sms_hub_sms_id": number + 1, "sms_hub_sms_time": at(number),
        "dst_num": f"65{number:08}", "message_body": f"text {number}", "dlr_code": 2, "price": 1,
    } | more  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = open_lake(tmp_path)
    rows = [sms(n) for n in range(300)] + [sms(300, dst_num=NUMBER)]
    sink = LakeSink(lake, "run")
    sink.add(accepted(between(0, 400), rows))
    sink.add(accepted(between(400, 86_400), []))
    sink.finish_days([])
    return lake


def test_each_flipped_bit_is_seen_and_the_whole_file_passes(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / day_file(DAY)
    whole = path.read_bytes()
    check_file(path, "x")
    chance = random.Random(1)
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    places = [chance.randrange(8 * len(whole)) for _ in range(FLIPS // 2)]
    places += [8 * (len(whole) - footer) + chance.randrange(8 * footer) for _ in range(FLIPS // 2)]
    for place in places:
        path.write_bytes(flipped(whole, place))
        with pytest.raises(DamagedFileError):
            lake.open_checked(day_file(DAY))


def flipped(whole: bytes, place: int) -> bytes:
    spoilt = bytearray(whole)
    spoilt[place // 8] ^= 1 << (place % 8)
    return bytes(spoilt)


def test_whoever_carries_rows_over_leaves_a_damaged_day_as_it_is(
    lake: Lake, tmp_path: Path
) -> None:
    path = tmp_path / day_file(DAY)
    coverage = lake.coverage(DAY)
    spoilt = flipped(path.read_bytes(), 8 * 2000)
    path.write_bytes(spoilt)
    assert lake.coverage(DAY) == coverage, "its footer is whole"
    with pytest.raises(DamagedFileError, match=r"mdr_date=2026-03-01.*reload"):
        retire_day(lake, DAY, coverage, NOW)
    with pytest.raises(LakeError, match=r"2026-03-01/mdr.parquet, which could not be read"):
        erase_number(lake, KEY, NUMBER, NOW)
    assert path.read_bytes() == spoilt


def test_coverage_that_was_changed_is_not_believed() -> None:
    entries = with_digests(encode_footer([]) | {b"miatel.other": b"1"})
    entries[b"miatel.other"] = b"2"
    with pytest.raises(DamagedFileError, match="entries of its footer"):
        decode_footer(entries, "x")


def test_a_file_of_format_2_without_a_digest_is_damaged(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / day_file(DAY)
    with pq.ParquetFile(path) as file:
        table, metadata = file.read(), dict(file.metadata.metadata)
    del metadata[FILE_KEY]
    pq.write_table(table.replace_schema_metadata(metadata), path)
    with pytest.raises(DamagedFileError, match="no digest"):
        lake.open_checked(day_file(DAY))


def test_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    with lake.writing(day_file(DAY)) as scratch, pq.ParquetWriter(scratch, RAW_SCHEMA) as writer:
        writer.add_key_value_metadata({FORMAT_KEY: b"3", b"miatel.coverage": b"?"})
    with pytest.raises(NewerFormatError, match="of format 3, and this version reads up to"):
        lake.coverage(DAY)


def test_pages_carry_checksums(lake: Lake, tmp_path: Path) -> None:
    """Any reader that verifies them sees damage, also without this project's digest."""
    path = tmp_path / day_file(DAY)
    path.write_bytes(flipped(path.read_bytes(), 8 * 2000))
    with lake.open_parquet(day_file(DAY)) as file, pytest.raises(OSError, match="CRC"):
        file.read()


def test_the_same_rows_and_coverage_give_the_same_digest(tmp_path: Path) -> None:
    answer = accepted(between(0, 10), [sms(1)])
    for name in ("a", "b"):
        RowGroupWriter(tmp_path / name).close([])
        lake = open_lake(tmp_path / f"lake-{name}")
        sink = LakeSink(lake, "run")
        sink.add(answer)
        sink.finish_days([])
    one, other = ((tmp_path / f"lake-{name}" / day_file(DAY)).read_bytes() for name in "ab")
    assert one == other
