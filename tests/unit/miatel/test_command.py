"""`python -m miatel coverage` tells what is landed, from the files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from miatel import Window, open_lake
from miatel.__main__ import main
from miatel.lake.sink import LakeSink
from tests.support.raw_rows import accepted, at, between

DAY = 86_400


def land(root: Path, *windows: Window, dlr_code: int = 2) -> None:
    sink = LakeSink(open_lake(root), "run-7")
    for number, window in enumerate(windows):
        row = {"sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": window.start}
        sink.add(accepted(window, [row | {"dlr_code": dlr_code}]))
    sink.finish_days([])


def test_a_whole_period_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    land(tmp_path, between(0, DAY), between(DAY, 2 * DAY))
    assert main(["coverage", "--lake", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "[2026-03-01T00:00:00Z, 2026-03-03T00:00:00Z), 172,800 seconds" in printed
    assert "2 records, by 2 accepted requests of 1 runs" in printed
    assert "gaps          0, 0 seconds" in printed


def test_gaps_and_open_receipts_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    land(tmp_path, *(between(10 * n, 10 * n + 9) for n in range(30)), dlr_code=1)
    arguments = ["coverage", "--lake", str(tmp_path), "--start", "2026-03-01"]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "gaps          29, 29 seconds" in printed
    assert "[2026-03-01T00:00:09Z, 2026-03-01T00:00:10Z) 1 s" in printed
    assert "2026-03-01 30" in printed
    assert printed.count(" 1 s\n") == 20
    assert "--all" in printed
    assert main([*arguments, "--all"]) == 1
    assert capsys.readouterr().out.count(" 1 s\n") == 29


def test_a_second_names_its_request_or_is_a_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    land(tmp_path, between(0, 50))
    place = ["coverage", "--lake", str(tmp_path), "--at"]
    assert main([*place, f"{at(49):%Y-%m-%dT%H:%M:%S}"]) == 0
    printed = capsys.readouterr().out
    for fact in ("run-7", "raw/mdr/mdr_date=2026-03-01/mdr.parquet", "2026-03-01T00:00:50Z"):
        assert fact in printed
    assert main([*place, "2026-03-01T00:00:50"]) == 1
    assert "a gap" in capsys.readouterr().out


def test_an_empty_lake_and_a_bad_time_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", "--lake", str(tmp_path / "none")]) == 1
    assert "nothing is landed" in capsys.readouterr().out
    assert main(["coverage", "--lake", str(tmp_path), "--start", "yesterday"]) == 2
    assert "yesterday" in capsys.readouterr().err


def test_each_waiting_message_is_named_by_its_ids_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sink = LakeSink(open_lake(tmp_path), "run")
    row = {"sms_hub_switch_id": 3, "dst_num": "79123456789", "message_body": "secret"}
    states = {1: 2, 2: 1, 3: None, 4: 8}
    rows = [
        row | {"sms_hub_sms_id": n, "sms_hub_sms_time": at(n), "dlr_code": code}
        for n, code in states.items()
    ]
    without_id = {"sms_hub_sms_time": at(5), "message_id": "m-5", "segment_num": 2}
    sink.add(accepted(between(0, 10), [*rows, without_id]))
    sink.finish_days([])
    arguments = ["coverage", "--lake", str(tmp_path), "--open"]
    main([*arguments, "--start", "2026-03-01T00:00:03", "--end", "2026-03-02"])
    printed = capsys.readouterr().out
    assert "open receipts 2 messages" in printed
    assert "3:2 " not in printed
    assert "2026-03-01T00:00:03Z 3:3" in printed
    assert "m-5 2" in printed
    assert "79123456789" not in printed
    assert "secret" not in printed


def test_the_lake_of_the_environment_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    land(tmp_path / "elsewhere", between(0, 50))
    monkeypatch.setenv("MIATEL_LAKE", str(tmp_path / "elsewhere"))
    assert main(["coverage"]) == 0
    assert "50 seconds, 1 records" in capsys.readouterr().out
