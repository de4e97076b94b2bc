"""Airflow reads its settings when it is imported: point it at a home of the tests' first."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]

from project import simulated_environment  # noqa: E402

_scratch = tempfile.TemporaryDirectory(prefix="miatel-airflow-tests-")
os.environ.update(
    (name, value)
    for name, value in simulated_environment(Path(_scratch.name)).items()
    if name.startswith("AIRFLOW_")
)


@pytest.fixture(scope="session", autouse=True)
def _scratch_directory():
    yield
    _scratch.cleanup()
