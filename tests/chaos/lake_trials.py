"""Extractions into a lake whose disk fails, in a child process; what was seen is reported."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path

from miatel.__main__ import main
from tests.support.children import Raised

from .extraction import Job, extract
from .lake_check import Seen, fingerprint, look_at, scratch_files
from .small_disks import (
    become_subject_to_rights,
    enter_own_mounts,
    lift_limit,
    limit_files,
    mount,
    unmount,
)

_PAGE = 4096


@dataclass(frozen=True)
class Attempt:
    """What became of one extraction, and what a reader sees after it.

    Attributes:
        raised: what ended it; None when it came to its end.
        changed: the visible files that differ from before.
        seen: what the lake holds.
        scratch: names of files that no reader sees.
    """

    raised: Raised | None
    changed: set[str]
    seen: Seen
    scratch: list[str]


def attempt(job: Job) -> Attempt:
    """Extract, whatever becomes of it."""
    before = fingerprint(job.lake)
    raised = None
    try:
        extract(job)
    except Exception as error:  # noqa: BLE001  which kind is what the trial is about
        raised = Raised.of(error)
    after = fingerprint(job.lake)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    left = [path.name for path in scratch_files(job.lake)]
    return Attempt(raised, changed, look_at(job.lake), left)


def fill_files(job: Job, sizes: Iterable[int], before: Path) -> list[tuple[Attempt, Attempt]]:
    """For each size an extraction during which no file may grow beyond it, and one after it."""
    become_subject_to_rights()
    attempts = []
    for size in sizes:
        lake = Path(f"{job.lake}-{size}")
        shutil.copytree(before, lake)
        here = replace(job, lake=str(lake))
        limit_files(size)
        limited = attempt(here)
        lift_limit()
        attempts.append((limited, attempt(here)))
    return attempts


def fill_disk(job: Job, free_pages: Iterable[int], before: Path) -> list[tuple[Attempt, Attempt]]:
    """For each number of free pages an extraction onto a disk with no more, and one with room."""
    enter_own_mounts()
    attempts = []
    for pages in free_pages:
        disk, lake = _mount_with(job, before)
        ballast = disk / "ballast"
        free = _free_pages(disk) - pages
        ballast.write_bytes(bytes(free * _PAGE))
        full = attempt(replace(job, lake=str(lake)))
        ballast.unlink()
        attempts.append((full, attempt(replace(job, lake=str(lake)))))
        unmount(disk)
    return attempts


def protect(job: Job, how: str, before: Path) -> tuple[Attempt, Attempt]:
    """An extraction into a lake that can be read only, and one after that has ended."""
    if how == "mounted read-only":
        enter_own_mounts()
        disk, lake = _mount_with(job, before)
        mount(disk, "size=4m", again=True, read_only=True)
        protected = attempt(replace(job, lake=str(lake)))
        mount(disk, "size=4m", again=True)
        return protected, attempt(replace(job, lake=str(lake)))
    become_subject_to_rights()
    shutil.copytree(before, job.lake)
    _change_modes(Path(job.lake), 0o555)
    protected = attempt(job)
    _change_modes(Path(job.lake), 0o755)
    return protected, attempt(job)


def look_without_rights(job: Job, before: Path) -> tuple[int, str]:
    """The coverage command's exit code and error for a lake of which a day may not be read."""
    become_subject_to_rights()
    shutil.copytree(before, job.lake)
    day = next(Path(job.lake).glob("raw/mdr/*"))
    day.chmod(0)
    said = io.StringIO()
    with redirect_stderr(said):
        code = main(["coverage", "--lake", job.lake])
    day.chmod(0o755)
    return code, said.getvalue()


def unmount_midway(job: Job, before: Path, watch: Callable[..., None]) -> tuple[Raised, list[str]]:
    """An extraction whose lake's disk is unmounted; what stands in its place afterwards."""
    enter_own_mounts()
    disk, lake = _mount_with(job, before)
    watch(lambda: unmount(disk))
    try:
        extract(replace(job, lake=str(lake)))
    except Exception as error:  # noqa: BLE001  which kind is what the trial is about
        return Raised.of(error), [str(path) for path in disk.rglob("*")]
    raise AssertionError("the extraction came to its end without a lake")


def _mount_with(job: Job, before: Path) -> tuple[Path, Path]:
    """A disk of memory at the job's lake, and a copy of a lake on it."""
    disk = Path(job.lake)
    disk.mkdir(exist_ok=True)
    mount(disk, "size=4m")
    lake = disk / "lake"
    shutil.copytree(before, lake)
    return disk, lake


def _free_pages(disk: Path) -> int:
    return shutil.disk_usage(disk).free // _PAGE


def _change_modes(lake: Path, mode: int) -> None:
    for directory in [lake, *(path for path in lake.rglob("*") if path.is_dir())]:
        directory.chmod(mode)
