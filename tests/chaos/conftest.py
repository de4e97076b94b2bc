"""Chaos: what is left after kills, bad answers, broken networks, full disks and crowds.

`pytest tests/chaos` runs a seeded part in about a minute; `--full` runs all of it and says how far
it is. The figures of a run stand in its summary.
"""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Children import `tests.chaos` by name: from a path of their own, and so does this process.
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

LANES_IN_FULL = 2
_FIGURES = pytest.StashKey[list[str]]()


def pytest_addoption(parser):
    group = parser.getgroup("chaos")
    group.addoption("--full", action="store_true", help="chaos at full size: minutes, not seconds")
    group.addoption("--chaos-seed", type=int, default=1, help="what the random parts begin with")


@pytest.fixture(scope="session")
def is_full(request):
    """Whether the run is the full one."""
    return request.config.getoption("--full", default=False)


@pytest.fixture(scope="session")
def seed(request):
    """What the random parts begin with."""
    return request.config.getoption("--chaos-seed", default=1)


@pytest.fixture(scope="session")
def lanes(is_full, tmp_path_factory):
    """The scenes, in full once for each lane of kills that goes on beside the others."""
    from tests.chaos.crash_scenes import PLANS, open_scene

    with ExitStack() as stack:
        yield [
            [
                stack.enter_context(open_scene(plan, tmp_path_factory.mktemp(plan.name)))
                for plan in PLANS
            ]
            for _ in range(LANES_IN_FULL if is_full else 1)
        ]


@pytest.fixture
def scenes(lanes):
    """The scenes of the first lane."""
    return lanes[0]


@pytest.fixture
def note(request):
    """Puts a line of figures into the summary of the run."""
    return request.config.stash.setdefault(_FIGURES, []).append


@pytest.fixture
def progress(request, is_full):
    """Says on the console how far the test is, in the full run; at most every ten seconds."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    began = time.monotonic()
    said_at = began

    def say(done, of, what):
        nonlocal said_at
        now = time.monotonic()
        if is_full and (done == of or now - said_at >= 10):
            said_at = now
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"  {now - began:5.0f} s: {done:,} of {of:,} {what}")

    return say


@pytest.fixture(autouse=True)
def no_child_survives():
    """A stopped child would keep the run from ever ending."""
    yield
    from tests.support.children import kill_all

    kill_all()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Where tests are spread over workers, their figures come with the end of each."""
    figures = getattr(node, "workeroutput", {}).get("figures", [])
    node.config.stash.setdefault(_FIGURES, []).extend(figures)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = session.config.stash.get(_FIGURES, [])


def pytest_terminal_summary(terminalreporter, config):
    figures = config.stash.get(_FIGURES, [])
    if figures:
        terminalreporter.section("chaos: figures")
        for line in figures:
            terminalreporter.write_line(line)
