"""The page as one file."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime

import pytest

from miatel_dashboard.report import DAYS, write_report
from miatel_dashboard.source import Source

pytestmark = pytest.mark.slow

NOW = datetime(2026, 5, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def html(lake, tmp_path_factory):
    target = tmp_path_factory.mktemp("report") / "reports/delivery.html"
    size = write_report(str(lake), target, NOW)
    assert size == target.stat().st_size
    assert [path.name for path in target.parent.iterdir()] == ["delivery.html"]
    return target.read_text()


@pytest.fixture(scope="module")
def inside(html):
    (text,) = re.findall(r'<script type="application/json" id="inside">(.*?)</script>', html, re.S)
    assert "<" not in text, "a name could end the element"
    return json.loads(text)


def test_it_names_no_other_file_and_its_policy_no_host(html):
    page = re.sub(r"<script.*?</script>|<style>.*?</style>", "", html, flags=re.S)
    assert re.findall(r'(?:src|href)="([^"#]+)"', page) == ["data:,"]
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert "http" not in policy
    assert "unsafe" not in policy


def test_its_policy_allows_each_script_and_style_by_its_content(html):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    texts = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", html, re.S)
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in texts
    }
    assert hashes == set(re.findall(r"'sha256-[^']+'", policy))


def test_its_views_are_those_of_the_server(inside, lake):
    source = Source(str(lake))
    assert len(inside["views"]) == len(DAYS) * (1 + len(inside["countries"]))
    for days, country in (("30", ""), ("90", "Nigeria"), ("all", "Côte d'Ivoire")):
        query = {"days": [days], "country": [country] if country else []}
        assert inside["views"][f"{days}|{country}"] == json.loads(source.view(query))


def test_it_offers_the_filters_only_whose_views_are_inside(inside):
    assert set(inside["status"]["choices"]) == {"country", "colour_order"}
    assert "30" in inside["days"]


def test_it_stays_small_enough_to_send(html):
    assert len(html.encode()) < 4_000_000


def test_without_tables_it_says_what_to_run(tmp_path):
    target = tmp_path / "empty.html"
    write_report(str(tmp_path / "nothing"), target, NOW)
    assert "Run the DAG miatel_transform" in target.read_text()
