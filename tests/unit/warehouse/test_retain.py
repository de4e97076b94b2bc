from __future__ import annotations

from pathlib import Path

import pytest

from miatel import SettingError
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.places import Places
from miatel_warehouse.retain import days_to_keep, retain


@pytest.mark.parametrize(
    ("given", "setting", "days"),
    [(None, "", None), (None, " ", None), (None, "400", 400), (30, "400", 30), (4, "", 4)],
)
def test_the_retention_is_what_was_given_else_what_is_set(
    given: int | None, setting: str, days: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIATEL_RETENTION_DAYS", setting)
    assert days_to_keep(given) == days


@pytest.mark.parametrize("text", ["3", "0", "-400", "a year", "4.5", "1e3"])
def test_a_retention_in_which_the_daily_run_still_works_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIATEL_RETENTION_DAYS", text)
    with pytest.raises((WarehouseError, SettingError), match="give a number"):
        days_to_keep(None)


def test_nothing_is_dropped_while_there_is_no_warehouse(tmp_path: Path) -> None:
    day = tmp_path / "raw/mdr/mdr_date=2026-01-01/mdr.parquet"
    day.parent.mkdir(parents=True)
    day.write_bytes(b"as it was")
    places = Places.of_one(str(tmp_path), tmp_path / "warehouse.duckdb", tmp_path / "bi.duckdb")
    with pytest.raises(WarehouseError, match="There is no file"):
        retain(places, 30)
    assert day.read_bytes() == b"as it was"
