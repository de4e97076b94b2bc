"""Extractions to be killed: a first history, a reload of all, a day with its lookback, and gaps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from miatel_simulator import FaultPlan, Simulator, SimulatorConfig, serve
from tests.support.children import Child, Outcome, run

from .extraction import CAP, DAY, START, Job, extract
from .killed_extraction import extract_and_die, extract_and_note
from .lake_check import Seen, assert_is_truth, look_at
from .records import KEY
from .seams import Point, points_of

_LANDED_AT = START + 3 * DAY + timedelta(minutes=10)
_FAULTS = FaultPlan(at={2: "half_json", 4: "html", 5: "cut_body"})


@dataclass(frozen=True)
class Plan:
    """A scene's name, what is landed before it, and what it extracts."""

    name: str
    now: datetime
    landed: tuple[tuple[datetime, datetime], ...]
    start: datetime
    end: datetime
    reload: bool = False
    lookback_hours: int | None = None


PLANS = (
    Plan("history", _LANDED_AT, (), START, START + 3 * DAY),
    Plan(
        "reload",
        START + 8 * DAY,
        ((START, START + 3 * DAY),),
        START,
        START + 3 * DAY,
        reload=True,
    ),
    Plan(
        "lookback",
        START + 4 * DAY + timedelta(minutes=10),
        (
            (START, START + DAY + timedelta(hours=7)),
            (START + DAY + timedelta(hours=11), START + 3 * DAY),
        ),
        START + 3 * DAY,
        START + 4 * DAY,
        lookback_hours=72,
    ),
    Plan(
        "gaps",
        _LANDED_AT,
        (
            (START, START + timedelta(hours=7)),
            (START + timedelta(hours=11), START + DAY + timedelta(hours=3)),
        ),
        START + 2 * DAY,
        START + 3 * DAY,
        lookback_hours=24,
    ),
)


@dataclass(frozen=True)
class Scene:
    """A plan against a platform, with what it leads to when nothing disturbs it."""

    plan: Plan
    platform: Simulator
    job: Job
    before: Path
    undisturbed: Seen
    calls: list[str]

    def begin(self, lake: Path) -> Job:
        """The lake as it was before, and the job that works on it."""
        shutil.copytree(self.before, lake)
        return replace(self.job, lake=str(lake))

    def with_lake(self, lake: Path) -> Job:
        """The job with a lake that whoever does it has to bring about."""
        return replace(self.job, lake=str(lake))

    def start(self, job: Job, point: Point | None) -> Child:
        """Start the job in a child; the platform's faults begin anew."""
        self.platform.reset()
        return Child(extract_and_die, job, point)

    def run_again(self, job: Job) -> Outcome:
        """The run after the crash, which nothing disturbs."""
        self.platform.reset()
        return run(extract, job)

    def points(self) -> list[Point]:
        """Every point of the undisturbed run."""
        return points_of(self.calls)


@contextmanager
def open_scene(plan: Plan, directory: Path) -> Iterator[Scene]:
    """Serve a plan's platform, land what comes before, and play it once undisturbed."""
    config = SimulatorConfig(
        start=START,
        now=plan.now,
        messages_per_day=80,
        profile="day_night",
        ip_auth_key=KEY,
        cap=CAP,
        faults=_FAULTS,
    )
    with serve(config) as platform:
        before = directory / "before"
        before.mkdir(parents=True)
        job = Job(
            url=platform.url,
            lake=str(before),
            locks=directory / "locks",
            now=plan.now,
            start=plan.start,
            end=plan.end,
            reload=plan.reload,
            lookback_hours=plan.lookback_hours,
        )
        _land_before(plan, platform, job)
        scene = Scene(plan, platform, job, before, Seen([], [], set()), [])
        job_undisturbed = scene.begin(directory / "undisturbed")
        platform.reset()
        calls = run(extract_and_note, job_undisturbed).result()
        undisturbed = look_at(directory / "undisturbed")
        assert_is_truth(directory / "undisturbed", platform.truth(START, plan.end))
        yield replace(scene, undisturbed=undisturbed, calls=calls)


def _land_before(plan: Plan, platform: Simulator, job: Job) -> None:
    platform.set_now(_LANDED_AT)
    for start, end in plan.landed:
        first = replace(
            job, now=_LANDED_AT, start=start, end=end, reload=False, lookback_hours=None
        )
        run(extract, first).result()
