"""Files of the lake appear whole, one at a time, and what goes wrong says what to do."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from miatel import LakeError, open_lake
from miatel.lake.lake import day_file

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
    """Process ids prove nothing: on a lake shared by containers each is many processes'."""
    write(tmp_path, "first")
    beside = (tmp_path / FILE).parent
    left = [
        beside / name for name in (".mdr.parquet.1-0123abcd.tmp", ".mdr.parquet.0123456789ab.tmp")
    ]
    for path in left:
        path.write_text("half")
    program = f"""
import sys, os
from miatel.lake.lake import open_lake
os.getpid = lambda: 1
scratch = open_lake({str(tmp_path)!r}).store.scratch({FILE!r})
print(scratch, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        written = Path(running.stdout.readline().strip())
        write(tmp_path, "second")
        assert [path.exists() for path in (*left, written)] == [False, False, True]
        running.kill()
    open_lake(tmp_path).store.sweep_below()
    assert list(beside.iterdir()) == [tmp_path / FILE]


def test_a_day_that_was_never_landed_is_swept_too(tmp_path: Path) -> None:
    beside = (tmp_path / FILE).parent
    beside.mkdir(parents=True)
    (beside / ".mdr.parquet.0123456789ab.tmp").write_text("to +65 8123 1223")
    open_lake(tmp_path).store.sweep_below()
    assert list(beside.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664])
def test_files_are_for_whom_the_setting_names_whatever_the_umask_says(
    tmp_path: Path, mode: int
) -> None:
    root = tmp_path / "lake"
    before = os.umask(0o002)
    try:
        with open_lake(root, file_mode=mode).writing(FILE) as scratch:
            scratch.write_text("x")
            assert stat.S_IMODE(scratch.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / FILE).stat().st_mode) == mode
    directories = {stat.S_IMODE(path.stat().st_mode) for path in [root, *root.rglob("*/")]}
    assert directories == {{0o640: 0o750, 0o600: 0o700, 0o664: 0o775}[mode]}


def test_by_default_owner_and_group_read_a_lake_and_nobody_else(tmp_path: Path) -> None:
    write(tmp_path / "lake", "x")
    assert stat.S_IMODE((tmp_path / "lake" / FILE).stat().st_mode) == 0o640


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
    for use in (lake.days, lambda: lake.coverage(DAY), lambda: lake.locked().__enter__()):
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
