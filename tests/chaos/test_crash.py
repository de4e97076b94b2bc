"""Killed at any point, an extraction loses nothing, doubles nothing and shows nothing half done."""

import random
import shutil
from collections import Counter
from contextlib import ExitStack

import pytest

from .children import Child
from .crash_points import SITES
from .crash_scenes import PLANS, open_scene
from .lake_check import assert_same_rows, look_at, look_until, scratch_files

KILLS_IN_FULL = 1_000
AT_RANDOM_IN_FULL = 300
AT_RANDOM = 5
LONGEST_CHAIN = 4

pytestmark = pytest.mark.timeout(7200)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    with ExitStack() as stack:
        yield [
            stack.enter_context(open_scene(plan, tmp_path_factory.mktemp(plan.name)))
            for plan in PLANS
        ]


def kill(scene, job, *, point=None, seconds=None):
    """Run a job until it is killed; what is left must hold together. Was it killed?"""
    child = scene.start(job, point)
    outcome = child.wait() if seconds is None else child.wait_or_kill(seconds)
    if outcome.killed_by is None:
        outcome.result()
    left = look_at(job.lake)
    assert set(scene.undisturbed.ids).issuperset(left.ids), "a record that there never was"
    return outcome.killed_by is not None


def end_as_if_undisturbed(scene, job):
    """Run a job to its end, and compare with the run that nobody killed; scratch left behind."""
    scene.run_again(job).result()
    end = look_at(job.lake)
    assert end.covered == scene.undisturbed.covered
    assert_same_rows(end.rows, scene.undisturbed.rows)
    assert end.names == scene.undisturbed.names
    left = len(scratch_files(job.lake))
    shutil.rmtree(job.lake)
    return left


def choose_points(scenes, is_full, seed):
    """In full, as many points as are wanted; else one of each step, before or after it."""
    chance = random.Random(seed)
    everything = [(scene, point) for scene in scenes for point in scene.points()]
    chance.shuffle(everything)
    if is_full:
        return everything[: KILLS_IN_FULL - AT_RANDOM_IN_FULL]
    first = {}
    for scene, point in everything:
        first.setdefault(point.site, (scene, point))
    return list(first.values())


def test_every_named_step_is_taken_by_some_scene(scenes):
    taken = Counter()
    for scene in scenes:
        taken += scene.calls
    assert set(SITES) == set(taken)


def test_killed_at_named_points(scenes, is_full, seed, tmp_path, tell):
    points = choose_points(scenes, is_full, seed)
    left = 0
    for number, (scene, point) in enumerate(points):
        job = scene.begin(tmp_path / str(number))
        assert kill(scene, job, point=point), f"{point} was not reached in {scene.plan.name}"
        left += end_as_if_undisturbed(scene, job)
    assert len(points) >= 25
    steps = len({point.site for _, point in points})
    tell(
        f"crash: {len(points)} kills at named points (of {steps} steps), all whole after a re-run; "
        f"{left} scratch files left"
    )


def test_killed_at_random_moments_also_while_recovering(scenes, is_full, seed, tmp_path, tell):
    chance = random.Random(seed)
    wanted = AT_RANDOM_IN_FULL if is_full else AT_RANDOM
    kills = lakes = 0
    while kills < wanted:
        scene = chance.choice(scenes)
        job = scene.begin(tmp_path / str(lakes))
        for _ in range(chance.randint(1, LONGEST_CHAIN)):
            kills += kill(scene, job, seconds=chance.uniform(0.01, 0.6))
        end_as_if_undisturbed(scene, job)
        lakes += 1
    tell(f"crash: {kills} kills at random moments of {lakes} runs, all whole after a re-run")


def test_a_reader_never_sees_anything_half_done(scenes, tmp_path, tell):
    scene = next(scene for scene in scenes if scene.plan.name == "reload")
    lake, stop = tmp_path / "lake", tmp_path / "stop"
    job = scene.begin(lake)
    reader = Child(look_until, lake, stop)
    try:
        for seconds in (0.2, 0.4, 0.6):
            kill(scene, job, seconds=seconds)
        scene.run_again(job).result()
    finally:
        stop.touch()
    looks = reader.wait().result()
    assert looks > 0
    tell(f"crash: a reader looked {looks} times while days were merged, and saw whole days only")
