"""A part that is measured again replaces its own section, and its figures in the summary."""

from __future__ import annotations

import pytest

from benchmarks.common import document
from benchmarks.common.section import Section
from benchmarks.common.spread import Target

PARTS = ("windows", "growth")


def section(name: str, measured: float) -> Section:
    return Section(name, "Method.", f"Body of {measured}.", [Target(name, 1.3, measured, aim=1.15)])


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "DOCUMENT", tmp_path / "benchmarks.md")
    return tmp_path / "benchmarks.md"


def test_one_part_leaves_the_others_as_they_are(path):
    document.replace_section(PARTS, "growth", section("growth", 1.1), "on Monday")
    document.replace_section(PARTS, "windows", section("windows", 1.2), "on Monday")
    before = path.read_text()
    document.replace_section(PARTS, "windows", section("windows", 1.5), "on Tuesday")
    after = path.read_text()
    assert after.count("## growth") == after.count("## windows") == 1
    assert after.index("## windows") < after.index("## growth")
    assert after.partition("<!-- growth -->")[2] == before.partition("<!-- growth -->")[2]
    assert "Body of 1.2" not in after
    assert "on Tuesday" in after


def test_the_summary_has_every_part_s_targets(path):
    document.replace_section(PARTS, "growth", section("growth", 1.1), "on Monday")
    document.replace_section(PARTS, "windows", section("windows", 1.43), "on Monday")
    summary = path.read_text().partition("<!-- windows -->")[0]
    assert "| growth | ≤ 1.3 (aim 1.15) | 1.10 | met, aim too |" in summary
    assert "| windows | ≤ 1.3 (aim 1.15) | 1.43 | **missed by 10%** |" in summary
