"""Published marts, a browser, and Airflow's API server with the page in it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]

from airflow_page import page_server  # noqa: E402
from browsing import Browsing  # noqa: E402

from miatel_dashboard import report  # noqa: E402
from tests.support.published_marts import Size, write_published_marts  # noqa: E402

DAYS = 120


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """A lake with the published marts of 120 days."""
    root = tmp_path_factory.mktemp("dashboard") / "lake"
    write_published_marts(root / "marts", Size(DAYS))
    return root


@pytest.fixture(scope="session")
def server(lake, tmp_path_factory):
    """Airflow's API server on that lake."""
    with page_server(tmp_path_factory.mktemp("airflow") / "home", lake) as running:
        yield running


@pytest.fixture(scope="session")
def browsing():
    """A real Chromium; where there is none its tests are skipped, but never in CI."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        reason = "there is no chromium on PATH: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with Browsing(chromium) as started:
        yield started


@pytest.fixture
def few_views(monkeypatch):
    """Pages without a view of each country: most of the seconds that writing one takes."""
    monkeypatch.setattr(report, "MOST_COUNTRIES", 0)


@pytest.fixture
def look(browsing):
    """Opens pages in a fresh profile each; the test fails on an error in a console."""
    with browsing.visit() as visit:
        yield visit
        assert visit.complaints == []
