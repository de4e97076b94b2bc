"""Any legal path may hold a lake: landing, re-landing and coverage do not read meaning into it."""

from __future__ import annotations

import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from miatel import open_lake
from miatel.__main__ import main
from miatel.lake.lake import day_file
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.daily_runs import DailyRuns
from tests.support.landed import KEY, utc

START = utc(2026, 1, 1)
NAMES = [
    "it's", "[a-b]", "{{ lake }}", "{x,y}", "100% *?", 'a "quoted" lake', "mdr_date=2020-01-01",
    "mdr_date=2020-01-01/raw/mdr/mdr_date=2020-01-02", "озеро", "a;b#c&d", "$HOME", "new\nline",
    "~", ".hidden",
]  # fmt: skip


@pytest.fixture(scope="module")
def simulator():
    config = SimulatorConfig(start=START, now=START, messages_per_day=40, ip_auth_key=KEY)
    with serve(config) as running:
        yield running


def test_a_path_of_which_the_warehouse_would_find_nothing_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MIATEL_LAKE", str(tmp_path / "back\\slash"))
    assert main(["coverage"]) == 2
    assert "backslash" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "{}") for name in NAMES), ("100% *?", "file://{}"), ("[a-b]", "{}/")],
)
def test_a_lake_may_stand_at_any_legal_path(simulator, tmp_path, name, form, monkeypatch, capsys):
    root = tmp_path / name
    runs = DailyRuns(simulator, root, START)
    runs.run(0)
    runs.run(4, faults=FaultPlan(at={2: "stray", 3: "stray"}))
    runs.run(5)
    days = [START + timedelta(days=n) for n in range(6)]
    files = {str(path.relative_to(root)) for path in root.rglob("mdr.parquet")}
    assert files == {day_file(day.date()) for day in days} - {day_file(days[1].date())}
    rows = [pq.ParquetFile(root / path).metadata.num_rows for path in sorted(files)]
    assert rows == [simulator.count(d, d + timedelta(days=1)) for d in days if d != days[1]]

    monkeypatch.setenv("MIATEL_LAKE", form.format(root))
    assert main(["coverage"]) == 1
    output = capsys.readouterr().out
    assert "gaps          1, 86,400 seconds" in output
    assert "RecordOutsideWindowError" in output
    kept = [json.loads(path.read_text())["error"] for path in (root / "refused").iterdir()]
    assert set(kept) == {"RecordOutsideWindowError"}
    assert open_lake(form.format(root)).days() == [d.date() for d in days if d != days[1]]


@pytest.mark.parametrize("value", ["data/lake", "~/lake", "s3://"])
def test_a_variable_that_names_no_one_place_is_refused(value, monkeypatch, capsys):
    monkeypatch.setenv("MIATEL_LAKE", value)
    assert main(["coverage"]) == 2
    assert "absolute path" in capsys.readouterr().err
