"""`python -m miatel verify` names each file that is not right, and is content with all others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from miatel import Account, Lake, add_origin, open_lake, verify_lake
from miatel.__main__ import main
from miatel.lake.lake import day_file
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.sink import LakeSink
from tests.support.raw_rows import MIDNIGHT, accepted, at, between
from tests.support.version_0_1_0 import unpack

DAY = MIDNIGHT.date()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = open_lake(tmp_path)
    rows = [
        {"sms_hub_switch_id": 1, "sms_hub_sms_id": n + 1, "sms_hub_sms_time": at(n)}
        for n in range(20)
    ]
    add_origin(lake, Account("https://sms.example", "a key"), MIDNIGHT, "main")
    sink = LakeSink(lake, "run", origin="main")
    sink.add(replace(accepted(between(0, 60), rows), names={250001: "Russia - MTS"}))
    sink.finish_days([])
    return lake


def rewrite(lake: Lake, **change: Any) -> None:
    """Replace a day by one with other rows or another coverage, sealed as if all were right."""
    with lake.open_parquet(day_file(DAY)) as file:
        rows, coverage = change.get("rows", lambda t: t)(file.read()), lake.coverage(DAY)
    coverage = [replace(entry, **change.get("entry", {})) for entry in coverage]
    with lake.writing(day_file(DAY)) as scratch:
        writer = RowGroupWriter(scratch)
        writer.write(rows)
        writer.close(coverage)


def wrong(lake: Lake) -> str:
    return verify_lake(lake, origins=frozenset({"main"})).damaged.get(day_file(DAY), "")


def test_what_was_landed_is_right(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong(lake) == ""
    assert main(["verify", "--lake", lake.root]) == 0
    assert "1 days, 20 records" in capsys.readouterr().out


def test_each_kind_of_wrong_is_named(lake: Lake) -> None:
    rewrite(lake, rows=lambda t: t.slice(1))
    assert "not those that its coverage counts" in wrong(lake)
    rewrite(lake, rows=lambda t: pa.concat_tables([t, t.slice(0, 1)]))
    assert wrong(lake) == "a key stands twice"
    rewrite(lake, rows=lambda t: t.slice(0, 19), entry={"rows": 19, "origin": "other"})
    assert "its origin other is not in the lake's list" in wrong(lake)
    other = pa.array(["7"] * 19)
    place = 21
    rewrite(lake, rows=lambda t: t.set_column(place, "record_key", other))
    assert "origin" in wrong(lake)
    rewrite(lake, rows=lambda t: t, entry={"origin": "main"})
    assert wrong(lake) == "a record's key is not that of its values"


@pytest.mark.parametrize("path", [day_file(DAY), "raw/networks/networks.parquet"])
def test_damage_is_an_exit_code_of_its_own(
    lake: Lake, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray((tmp_path / path).read_bytes())
    content[len(content) // 3] ^= 4
    (tmp_path / path).write_bytes(content)
    assert main(["verify", "--lake", str(tmp_path)]) == 1
    assert path in capsys.readouterr().out


def test_format_1_is_not_verifiable_until_it_is_rewritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = str(unpack(tmp_path).lake)
    assert main(["verify", "--lake", lake]) == 0
    assert "8 days of format 1: run upgrade" in capsys.readouterr().out
    assert main(["upgrade", "--lake", lake]) == 0
    assert main(["verify", "--lake", lake]) == 0
    printed = capsys.readouterr().out
    assert "rewritten     8 days" in printed
    assert printed.count("unverifiable") == 0
