"""A lake that is full, read-only or gone: said with what to do, nothing half done is visible."""

import random
from pathlib import Path

import pytest

from tests.support.children import Child, run

from .killed_extraction import extract_while_lake_vanishes, vanish_at_a_merge
from .lake_check import assert_same_rows, look_at, scratch_files
from .lake_trials import (
    fill_disk,
    fill_files,
    look_without_rights,
    protect,
    unmount_midway,
)
from .seams import spread
from .small_disks import can_mount

FILE_SIZES = [0, 512, 9_000, 12_000, 20_000]
FREE_PAGES = [0, 1, 4, 8, 11, 60]
MORE_FILE_SIZES = range(0, 20_001, 500)
MORE_FREE_PAGES = range(40)
MOST_REQUESTS = 12
AT_A_SEAM = 6
pytestmark = pytest.mark.timeout(7200)


@pytest.fixture
def scene(scenes, name):
    """The scene that a test names."""
    return next(scene for scene in scenes if scene.plan.name == name)


@pytest.fixture(scope="module")
def needs_mounts():
    if not run(can_mount).result():
        pytest.skip("this machine lets nobody mount a disk; file sizes and rights are tested")


def job_of(scene, tmp_path):
    """The scene's job, with a lake that does not stand yet."""
    scene.platform.reset()
    return scene.with_lake(tmp_path / "lake")


def assert_said_and_whole(scene, attempt):
    """An error that says what to do; a reader sees whole days, each as before or as it will be."""
    assert attempt.raised.name == "LakeError", attempt.raised.trace
    assert "Check its path, rights and free space" in attempt.raised.text
    assert "then run again" in attempt.raised.text.lower()
    assert set(scene.undisturbed.ids).issuperset(attempt.seen.ids)
    assert attempt.scratch == [], "the disk is full of what nobody sees"


def assert_as_if_undisturbed(scene, attempt):
    assert attempt.raised is None, attempt.raised.trace
    assert attempt.seen.covered == scene.undisturbed.covered
    assert_same_rows(attempt.seen.rows, scene.undisturbed.rows)
    assert attempt.seen.names == scene.undisturbed.names


def judge_filled(scene, attempts):
    """How many of the attempts failed for want of room."""
    failed = [full for full, _ in attempts if full.raised]
    for full in failed:
        assert_said_and_whole(scene, full)
    for full, after in attempts:
        assert_as_if_undisturbed(scene, after if full.raised else full)
    assert failed
    return len(failed)


@pytest.mark.parametrize("name", ["history", "reload"])
def test_files_that_may_not_grow(scene, name, is_full, tmp_path, note):
    sizes = MORE_FILE_SIZES if is_full else FILE_SIZES
    attempts = run(fill_files, job_of(scene, tmp_path), sizes, scene.before).result()
    failed = judge_filled(scene, attempts)
    note(f"lake: {name} failed at {failed} of {len(attempts)} limits of a file's size")


@pytest.mark.parametrize("name", ["history", "reload"])
def test_a_full_disk(scene, needs_mounts, name, is_full, tmp_path, note):
    pages = MORE_FREE_PAGES if is_full else FREE_PAGES
    attempts = run(fill_disk, job_of(scene, tmp_path), pages, scene.before).result()
    failed = judge_filled(scene, attempts)
    assert any("No space left" in full.raised.text for full, _ in attempts if full.raised)
    note(f"lake: {name} failed on {failed} of {len(attempts)} disks with little room")


@pytest.mark.parametrize("name", ["reload", "lookback"])
@pytest.mark.parametrize("how", ["mounted read-only", "without rights"])
def test_a_lake_that_can_be_read_only(scene, request, how, tmp_path):
    if how == "mounted read-only":
        request.getfixturevalue("needs_mounts")
    protected, after = run(protect, job_of(scene, tmp_path), how, scene.before).result()
    assert_said_and_whole(scene, protected)
    assert protected.changed == set()
    assert len(scene.platform.requests()) <= 2 * MOST_REQUESTS
    assert_as_if_undisturbed(scene, after)


def vanishing_points(scene, seed):
    """Moments after calls at every seam, from the first to the last."""
    after = [point for point in scene.points() if point.when == "after"]
    return spread(after, AT_A_SEAM, random.Random(seed))


@pytest.mark.parametrize("name", ["reload"])
def test_days_that_may_not_be_read_are_no_gap(scene, tmp_path):
    code, said = run(look_without_rights, job_of(scene, tmp_path), scene.before).result()
    assert code == 2
    assert "Permission denied" in said


@pytest.mark.parametrize("name", ["history", "lookback"])
def test_a_lake_that_vanishes_is_not_begun_anew(scene, name, is_full, seed, tmp_path, note):
    points = vanishing_points(scene, seed)
    if not is_full:
        points = points[::10]
    ended = 0
    for number, point in enumerate(points):
        job = scene.begin(tmp_path / str(number))
        scene.platform.reset()
        outcome = Child(extract_while_lake_vanishes, job, point).wait()
        lake, gone = Path(job.lake), Path(f"{job.lake}-gone")
        if not gone.exists():
            continue  # passed by: how a body is cut into parts is up to the network
        assert not lake.exists(), f"{point}: {sorted(lake.rglob('*'))}"
        left = look_at(gone)
        if outcome.raised is None:
            assert left.covered == scene.undisturbed.covered, f"{point}: nobody said a word"
        else:
            assert outcome.raised.name == "LakeError", outcome.raised.trace
            assert "Check its path" in outcome.raised.text
            ended += 1
        gone.rename(lake)
        scene.run_again(job).result()
        assert_same_rows(look_at(lake).rows, scene.undisturbed.rows)
        assert scratch_files(lake) == []
    assert ended > len(points) / 2
    note(f"lake: {name} noticed at {ended} of {len(points)} points that its lake had vanished")


@pytest.mark.parametrize("name", ["reload"])
def test_a_lake_that_is_unmounted_is_not_begun_anew_below_it(scene, needs_mounts, tmp_path):
    job = job_of(scene, tmp_path)
    raised, below = run(unmount_midway, job, scene.before, vanish_at_a_merge).result()
    assert raised.name == "LakeError", raised.trace
    assert below == []
