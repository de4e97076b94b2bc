"""Files of the lake appear whole, one at a time, and what goes wrong says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from miatel.errors import LakeError
from miatel.lake import day_file, open_lake

DAY = date(2026, 3, 1)
FILE = day_file(DAY)


def write(root: Path, text: str) -> None:
    with open_lake(root).writing(FILE) as scratch:
        scratch.write_text(text)


def visible(root: Path) -> list[str]:
    """What a reader's pattern matches."""
    return [str(path.relative_to(root)) for path in root.glob("raw/mdr/*/*.parquet")]


def test_a_file_is_visible_only_when_whole(tmp_path: Path) -> None:
    with open_lake(tmp_path).writing(FILE) as scratch:
        scratch.write_text("half")
        assert visible(tmp_path) == []
        assert scratch.parent == (tmp_path / FILE).parent  # so that the rename is atomic
        assert not scratch.match("*.parquet")
    assert visible(tmp_path) == [FILE]


def test_a_file_stays_as_it_was_when_its_successor_fails(tmp_path: Path) -> None:
    write(tmp_path, "first")
    with suppress(ZeroDivisionError), open_lake(tmp_path).writing(FILE) as scratch:
        scratch.write_text("second")
        raise ZeroDivisionError
    assert (tmp_path / FILE).read_text() == "first"
    assert list((tmp_path / FILE).parent.iterdir()) == [tmp_path / FILE]


def test_what_a_killed_process_left_is_swept_but_not_what_a_running_one_writes(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write(tmp_path, "first")
    beside = (tmp_path / FILE).parent
    left, written = (
        beside / f".mdr.parquet.{process}-0123abcd.tmp" for process in (ended.pid, os.getppid())
    )
    for path in (left, written):
        path.write_text("half")
    write(tmp_path, "second")
    assert not left.exists()
    assert written.exists()


def test_what_nobody_knows_beside_a_file_does_not_keep_it_from_being_replaced(
    tmp_path: Path,
) -> None:
    write(tmp_path, "first")
    for name in (".mdr.parquet.backup.tmp", ".mdr.parquet.99999999999-0123abcd.tmp"):
        (tmp_path / FILE).with_name(name).write_text("whose?")
    write(tmp_path, "second")
    assert (tmp_path / FILE).read_text() == "second"
    assert len(list((tmp_path / FILE).parent.iterdir())) == 3


def test_a_lake_in_whose_place_another_stands_is_not_written(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    lake = open_lake(root)
    with lake.writing(FILE) as scratch:
        scratch.write_text("x")
    root.rename(tmp_path / "moved")
    for use in (lake.days, lambda: lake.coverage(DAY), lambda: lake.merging().__enter__()):
        with pytest.raises(LakeError, match="vanished"):
            use()
    root.mkdir()
    with pytest.raises(LakeError, match="vanished"), lake.writing(FILE) as scratch:
        scratch.write_text("x")
    assert list(root.iterdir()) == []


def test_days_are_those_with_a_file(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "lake")
    assert lake.days() == []
    for name in ("mdr_date=2026-01-02", "mdr_date=2025-12-31", "mdr_date=2026-01-01"):
        with lake.writing(f"raw/mdr/{name}/mdr.parquet") as scratch:
            scratch.write_text("")
    (tmp_path / "lake/raw/mdr/mdr_date=2026-01-05").mkdir()
    (tmp_path / "lake/raw/mdr/mdr_date=2026-01-01/.mdr.parquet.1-0.tmp").write_text("")
    assert lake.days() == [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)]


def test_a_file_that_is_no_parquet_is_an_error_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, "not a Parquet file")
    with pytest.raises(LakeError, match=FILE):
        open_lake(tmp_path).coverage(DAY)


def test_a_root_that_cannot_be_a_directory_is_an_error_that_says_what_to_do(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeError, match="Check its path, rights and free space"):
        write(tmp_path / "file", "x")


def test_a_file_url_is_a_directory(tmp_path: Path) -> None:
    with open_lake(f"file://{tmp_path}").writing(FILE) as scratch:
        scratch.write_text("x")
    assert visible(tmp_path) == [FILE]


def test_opening_a_lake_touches_nothing(tmp_path: Path) -> None:
    open_lake(tmp_path / "none").days()
    assert not (tmp_path / "none").exists()
