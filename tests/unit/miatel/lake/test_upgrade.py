"""What version 0.1.0 landed stays readable: rewritten as format 2, value for value, no request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miatel import LakeError, Window, open_lake, upgrade_lake, verify_lake
from miatel.lake.coverage import Coverage, decode_format, encode_footer
from miatel.lake.lake import day_file
from miatel.record_times import times_of
from miatel.schema import FORMAT_1_SCHEMA, RAW_SCHEMA
from tests.support.raw_rows import at, between
from tests.support.version_0_1_0 import Unpacked, unpack

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def old(tmp_path: Path) -> Unpacked:
    return unpack(tmp_path)


def read_days(lake: Path) -> dict[str, pa.Table]:
    files = sorted(lake.glob("raw/mdr/*/mdr.parquet"))
    return {
        path.parent.name.removeprefix("mdr_date="): pq.ParquetFile(path).read() for path in files
    }


def test_values_and_coverage_are_those_of_before(old: Unpacked) -> None:
    before = read_days(old.lake)
    lake = open_lake(old.lake)
    report = upgrade_lake(lake, NOW)
    assert report.upgraded == [day_file(date.fromisoformat(day)) for day in old.facts["days"]]
    assert not report.damaged
    after = read_days(old.lake)
    for day, table in before.items():
        assert after[day].schema.remove_metadata() == RAW_SCHEMA
        assert after[day].num_rows == old.facts["rows_by_day"][day]
        columns = FORMAT_1_SCHEMA.names
        order = [("sms_hub_switch_id", "ascending"), ("sms_hub_sms_id", "ascending")]
        assert after[day].select(columns).sort_by(order) == table.select(columns).sort_by(order)
        assert after[day]["first_seen_at"] == after[day]["extracted_at"]
        entries = lake.coverage(date.fromisoformat(day))
        written = [Coverage.from_json(entry) for entry in old.facts["coverage_by_day"][day]]
        assert entries == written
        assert {entry.clock for entry in entries} == {"unknown"}
    assert verify_lake(lake).damaged == {}


def test_other_entries_of_the_footer_stay(old: Unpacked) -> None:
    upgrade_lake(open_lake(old.lake), NOW)
    for day, footer in old.facts["footer_by_day"].items():
        path = old.lake / day_file(date.fromisoformat(day))
        now = pq.read_metadata(path).metadata
        for name, value in footer.items():
            assert name == "miatel.format" or now[name.encode()].decode() == value


def test_a_second_time_changes_nothing(old: Unpacked) -> None:
    lake = open_lake(old.lake)
    upgrade_lake(lake, NOW)
    files = {path: path.stat().st_mtime_ns for path in old.lake.rglob("mdr.parquet")}
    assert upgrade_lake(lake, NOW).upgraded == []
    assert {path: path.stat().st_mtime_ns for path in files} == files


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_whole_days_and_the_next_run_goes_on(old: Unpacked) -> None:
    script = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from miatel.lake import upgrade\n"
        "from miatel.store.directory import DirectoryStore\n"
        "from miatel.lake.lake import open_lake\n"
        "replace, calls = DirectoryStore.replace, []\n"
        "def killed(self, scratch, path):\n"
        "    calls.append(path)\n"
        "    if len(calls) == 4:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    replace(self, scratch, path)\n"
        "DirectoryStore.replace = killed\n"
        "upgrade.upgrade_lake(open_lake(sys.argv[1]), datetime.now(UTC))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(old.lake)], env=os.environ, check=False
    )
    assert done.returncode == -signal.SIGKILL
    formats = [
        decode_format(pq.read_metadata(path).metadata, str(path))
        for path in sorted(old.lake.glob("raw/mdr/*/mdr.parquet"))
    ]
    assert formats == [2, 2, 2, 1, 1, 1, 1, 1]
    report = upgrade_lake(open_lake(old.lake), NOW)
    assert len(report.upgraded) == 5
    assert verify_lake(open_lake(old.lake)).damaged == {}


def test_a_day_that_cannot_be_read_is_named_and_keeps_no_other_from_it(old: Unpacked) -> None:
    path = old.lake / day_file(date(2026, 1, 4))
    path.write_bytes(path.read_bytes()[:-9])
    report = upgrade_lake(open_lake(old.lake), NOW)
    assert len(report.upgraded) == 7
    assert list(report.damaged) == [day_file(date(2026, 1, 4))]
    with pytest.raises(LakeError, match="2026-01-04"):
        report.check()


def format_1(root: Path, rows: list[dict[str, Any]], window: Window) -> Path:
    """A day file as 0.1.0 wrote it."""
    table = pa.Table.from_pylist(rows, FORMAT_1_SCHEMA)
    entry = Coverage(window, len(rows), "ab" * 32, at(0), "run", window, len(rows))
    footer = encode_footer([entry]) | {b"miatel.format": b"1"}
    path = root / day_file(window.start.date())
    path.parent.mkdir(parents=True)
    with pq.ParquetWriter(path, FORMAT_1_SCHEMA) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(footer)
    return path


def test_a_time_later_than_the_present_is_the_earliest_of_its_file(tmp_path: Path) -> None:
    times = [NOW - timedelta(days=2), NOW + timedelta(days=30), NOW - timedelta(days=3)]
    rows = [
        {"sms_hub_sms_id": n, "sms_hub_switch_id": 1, "sms_hub_sms_time": at(n), "extracted_at": t}
        for n, t in enumerate(times, 1)
    ]
    path = format_1(tmp_path, rows, between(0, 60))
    upgrade_lake(open_lake(tmp_path), NOW)
    table = pq.ParquetFile(path).read()
    assert table["extracted_at"].to_pylist() == [times[0], times[2], times[2]]
    assert table["first_seen_at"] == table["extracted_at"]
    assert table["state_seen_at"].null_count == 3, "without a state it was never seen"


def test_rows_that_have_nothing_to_tell_them_apart_stay_as_many(tmp_path: Path) -> None:
    """0.1.0 erased a number and left two rows of one message without their recipients."""
    row = {"message_id": "m", "segment_num": 1, "sms_hub_sms_time": at(7), "extracted_at": at(90)}
    path = format_1(tmp_path, [row | {"dlr_code": 1}, row | {"dlr_code": 2}], between(0, 60))
    upgrade_lake(open_lake(tmp_path), NOW)
    table = pq.ParquetFile(path).read()
    assert len(set(table["record_key"].to_pylist())) == table.num_rows == 2
    assert list(times_of(table)) == [times_of(table)[0]] * 2
