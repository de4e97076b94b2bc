"""Who writes a scratch file holds it; what nobody holds was left by a killed process."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from miatel.store.file_mode import directory_mode
from miatel.store.scratch import (
    OLD_SECONDS,
    discard_scratch,
    make_scratch,
    make_scratch_directory,
    move_scratch,
    scratch_directory,
    sweep_directory,
    sweep_scratch,
)


def age(path: Path, seconds: float) -> None:
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def test_a_scratch_file_is_its_owners_alone_until_it_is_put_in_place(tmp_path: Path) -> None:
    scratch = make_scratch(tmp_path / "a.parquet")
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o600
    scratch.write_text("new")
    move_scratch(scratch, tmp_path / "a.parquet", 0o640)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert stat.S_IMODE((tmp_path / "a.parquet").stat().st_mode) == 0o640


def test_a_scratch_directory_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with scratch_directory(tmp_path / "a.duckdb") as scratch:
        assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
        (scratch / "a.duckdb.wal").write_text("log")
        sweep_scratch(tmp_path / "a.duckdb")
        assert scratch.exists()
    assert list(tmp_path.iterdir()) == []


def test_only_what_nobody_holds_is_swept(tmp_path: Path) -> None:
    target = tmp_path / "a.duckdb"
    held = [make_scratch(target), make_scratch_directory(target)]
    left = [target.with_name(f".a.duckdb.{name}.tmp") for name in ("1-0123abcd", "0123456789ab")]
    for path in left:
        path.write_text("half")
        path.with_name(f"{path.name}.wal").write_text("log")
    (tmp_path / ".a.duckdb.ba9876543210.tmp").mkdir()
    (tmp_path / ".a.duckdb.ba9876543210.tmp/a.duckdb").write_text("half")
    other = tmp_path / ".b.duckdb.0123456789ab.tmp"
    other.write_text("another file's")
    sweep_scratch(target)
    assert sorted(tmp_path.iterdir()) == sorted([*held, other])
    sweep_directory(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(held)
    for path in held:
        discard_scratch(path)
    assert list(tmp_path.iterdir()) == []


def test_where_files_cannot_be_locked_age_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    young, old = (tmp_path / f".a.{name}.tmp" for name in ("0123456789ab", "ba9876543210"))
    for path in (young, old):
        path.write_text("half")
    age(old, OLD_SECONDS + 60)
    sweep_directory(tmp_path)
    assert list(tmp_path.iterdir()) == [young]
    discard_scratch(make_scratch(tmp_path / "a"))


def test_what_a_symbolic_link_leads_to_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    (tmp_path / ".a.0123456789ab.tmp").symlink_to(tmp_path / "kept")
    sweep_directory(tmp_path)
    assert (tmp_path / "kept").read_text() == "kept"


def test_who_may_read_files_may_enter_their_directory() -> None:
    assert [directory_mode(mode) for mode in (0o600, 0o640, 0o644, 0o660)] == [
        0o700, 0o750, 0o755, 0o770,
    ]  # fmt: skip


def test_threads_of_one_process_write_side_by_side(tmp_path: Path) -> None:
    """The reader's thread keeps a refused answer's form while another lands a day."""

    def write(number: int) -> None:
        for _ in range(200):
            scratch = make_scratch(tmp_path / str(number))
            move_scratch(scratch, tmp_path / str(number), 0o640)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3"]
