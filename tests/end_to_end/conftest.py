"""Everything here runs in processes of its own, as a user starts them."""

import signal
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]

from demo_runs import run_demo, stop_demo_while_it_lands  # noqa: E402


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    """Where the demo of all these tests keeps Airflow's state and its data."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def stopped(directory):
    """A demo that was stopped while it was landing."""
    return stop_demo_while_it_lands(directory, signal.SIGINT)


@pytest.fixture(scope="session")
def finished(directory, stopped):
    """The output of a demo that went on where the stopped one had left off."""
    return run_demo(directory)
