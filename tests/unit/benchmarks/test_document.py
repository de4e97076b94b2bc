"""docs/benchmarks.md says what the stored results say, and nothing else in figures."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A copy of the document and its results, and the options that name it."""
    shutil.copy(ROOT / "docs/benchmarks.md", tmp_path)
    shutil.copytree(ROOT / "benchmarks/results", tmp_path / "results")
    options = "--document", tmp_path / "benchmarks.md", "--results", tmp_path / "results"
    return tmp_path / "benchmarks.md", options


def measure_anew(directory: Path, part: str, measured: float) -> None:
    """As a run does, store another figure for a part's first target."""
    facts = json.loads((directory / f"{part}.json").read_text())
    facts["targets"][0] |= {"limit": 1.3, "aim": 1.15, "measured": measured}
    (directory / f"{part}.json").write_text(json.dumps(facts))


def section(text: str, part: str) -> str:
    return text.partition(f"<!-- {part}: measured -->")[2].partition("\n## ")[0]


def test_the_document_is_what_the_results_say_and_its_text_has_no_figures():
    done = bench("--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", ["It is 1.7 times faster.", "Takes 12 minutes."])
def test_a_figure_that_no_run_produced_is_found(copy, line):
    document, options = copy
    document.write_text(document.read_text() + line + "\n")
    done = bench("--check", *options)
    assert done.returncode == 1
    assert line in done.stderr


def test_one_part_leaves_the_others_as_they_are(copy):
    document, options = copy
    before = document.read_text()
    measure_anew(document.parent / "results", "landing", 1.29)
    assert bench("--check", *options).returncode == 1
    done = bench("--render", "landing", *options)
    assert done.returncode == 0, done.stderr
    after = document.read_text()
    assert section(after, "landing") != section(before, "landing")
    for part in ("windows", "growth", "reader", "warehouse", "dashboard"):
        assert section(after, part) == section(before, part) != ""
    assert after.count("<!-- ") == before.count("<!-- ")


def test_the_summary_counts_every_part_s_targets_and_names_the_missed(copy):
    document, options = copy
    results = document.parent / "results"
    facts = [json.loads(path.read_text()) for path in results.iterdir()]
    total = sum(len(part["targets"]) for part in facts)
    measure_anew(results, "landing", 1.43)
    measure_anew(results, "dashboard", 1.1)
    bench("--render", "landing", *options)
    summary = document.read_text().partition("<!-- end -->")[0]
    assert f" of {total} targets are met" in summary
    assert "landing" in summary
    assert "|≤ 1.3 (aim 1.15)|1.43|**missed**|" in section(document.read_text(), "landing")
    assert "dashboard" not in summary
    assert "|≤ 1.3 (aim 1.15)|1.1|met, aim too|" in section(document.read_text(), "dashboard")
