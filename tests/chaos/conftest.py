"""Chaos: what is left after kills, bad answers, broken networks, full disks and crowds.

`pytest tests/chaos` runs a seeded part in about a minute; `--full` runs all of it. The figures of
a run stand in its summary.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Children import `tests.chaos` by name: from a path of their own, and so does this process.
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

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


@pytest.fixture
def tell(request):
    """Puts a line of figures into the summary of the run."""
    return request.config.stash.setdefault(_FIGURES, []).append


@pytest.fixture(autouse=True)
def no_child_survives():
    """A stopped child would keep the run from ever ending."""
    yield
    from tests.chaos.children import kill_all

    kill_all()


def pytest_terminal_summary(terminalreporter, config):
    figures = config.stash.get(_FIGURES, [])
    if figures:
        terminalreporter.section("chaos: figures")
        for line in figures:
            terminalreporter.write_line(line)
