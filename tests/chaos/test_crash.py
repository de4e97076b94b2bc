"""Killed at any point, an extraction loses nothing, doubles nothing and shows nothing half done."""

import random
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.children import Child

from .killed_extraction import EXTRACTION_SEAMS
from .lake_check import assert_same_rows, look_at, look_until, scratch_files
from .seams import spread

AT_SEAMS_IN_FULL = 700
AT_A_SEAM = 4
AT_RANDOM_IN_FULL = 300
AT_RANDOM = 5
LONGEST_CHAIN = 4
MOST_MISSED = 0.05
"""Share of points that a run may pass by: in how many parts a body comes, the network decides."""

pytestmark = pytest.mark.timeout(7200)


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
    """Some points of each seam by chance; in full then all others.

    A point is the number of its scene, and the point there.
    """
    chance = random.Random(seed)
    everything = [(place, point) for place, scene in enumerate(scenes) for point in scene.points()]
    chosen = spread(everything, AT_A_SEAM, chance)
    chance.shuffle(everything)
    return [*chosen, *(one for one in everything if one not in chosen)] if is_full else chosen


class Tally:
    """What the lanes did, counted together."""

    def __init__(self, wanted, progress):
        self.kills, self.missed, self.left, self.lakes = 0, 0, 0, 0
        self.seams = set()
        self._wanted, self._progress = wanted, progress
        self._lock = threading.Lock()

    @property
    def is_done(self):
        return self.kills >= self._wanted

    def count(self, kills, *, missed=0, left=0, seam=None):
        with self._lock:
            self.kills += kills
            self.missed += missed
            self.left += left
            self.lakes += 1
            self.seams |= {seam} - {None}
            self._progress(self.kills, self._wanted, "kills")


def in_lanes(lanes, work):
    """Do some work in each lane at once; what went wrong in any is raised."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(work, range(len(lanes)), lanes))


def test_some_scene_comes_to_every_seam(scenes):
    assert {seam for scene in scenes for seam in scene.calls} == EXTRACTION_SEAMS


def test_killed_at_every_seam(lanes, is_full, seed, tmp_path, note, progress):
    points = choose_points(lanes[0], is_full, seed)
    wanted = AT_SEAMS_IN_FULL if is_full else len(points)
    tally, numbered = Tally(wanted, progress), iter(list(enumerate(points)))

    def kill_in(_, scenes):
        for number, (place, point) in numbered:
            job = scenes[place].begin(tmp_path / str(number))
            was_killed = kill(scenes[place], job, point=point)
            left = end_as_if_undisturbed(scenes[place], job)
            seam = point.seam if was_killed else None
            tally.count(was_killed, missed=not was_killed, left=left, seam=seam)
            if tally.is_done:
                return

    in_lanes(lanes, kill_in)
    assert tally.missed <= MOST_MISSED * wanted
    assert tally.kills >= 40
    assert tally.kills + tally.missed >= wanted
    assert tally.seams == EXTRACTION_SEAMS, "a seam at which nobody was killed"
    note(
        f"crash: {tally.kills} kills at points of {len(tally.seams)} seams ({tally.missed} of "
        f"{len(points)} points passed by), all whole after a re-run; {tally.left} scratch left"
    )


def test_killed_at_random_moments_also_while_recovering(
    lanes, is_full, seed, tmp_path, note, progress
):
    tally = Tally(AT_RANDOM_IN_FULL if is_full else AT_RANDOM, progress)

    def kill_in(lane, scenes):
        chance = random.Random(f"{seed} {lane}")
        while not tally.is_done:
            scene = chance.choice(scenes)
            job = scene.begin(tmp_path / f"{lane}-{tally.lakes}")
            kills = sum(
                kill(scene, job, seconds=chance.uniform(0.01, 0.6))
                for _ in range(chance.randint(1, LONGEST_CHAIN))
            )
            tally.count(kills, left=end_as_if_undisturbed(scene, job))

    in_lanes(lanes, kill_in)
    note(
        f"crash: {tally.kills} kills at random moments of {tally.lakes} runs, all whole after a "
        "re-run"
    )


def test_a_reader_never_sees_anything_half_done(scenes, tmp_path, note):
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
    note(f"crash: a reader looked {looks} times while days were merged, and saw whole days only")
