"""Where each account's lake and warehouse are, and what dbt is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miatel.settings import Settings
from miatel_warehouse.places import Places

SETTINGS = Settings(
    {
        "MIATEL_LAKE": "/srv/lake",
        "MIATEL_WAREHOUSE": "/srv/w.duckdb",
        "MIATEL_BI": "/srv/bi.duckdb",
        "MIATEL_FURTHER_LAKES": '{"retail": "s3://retail/lake", "old": null}',
        "MIATEL_SOURCE_NAME": "bulk",
    }
)


def test_a_further_account_is_built_beside_the_first_one() -> None:
    places = Places.of_settings(SETTINGS)
    assert [(one.source_name, one.lake, one.warehouse) for one in places.accounts] == [
        ("bulk", "/srv/lake", Path("/srv/w.duckdb")),
        ("retail", "s3://retail/lake", Path("/srv/w_retail.duckdb")),
    ]
    assert places.dropped == {"old"}
    assert places.bi == Path("/srv/bi.duckdb")


def test_dbt_is_told_of_one_account_alone() -> None:
    first, retail = (one.environment() for one in Places.of_settings(SETTINGS).accounts)
    assert (first["MIATEL_LAKE"], first["MIATEL_FURTHER_ACCOUNT"]) == ("/srv/lake", "")
    assert (retail["MIATEL_LAKE"], retail["MIATEL_FURTHER_ACCOUNT"]) == (
        "s3://retail/lake", "retail",
    )  # fmt: skip
    assert retail["MIATEL_WAREHOUSE"] == "/srv/w_retail.duckdb"
    assert first["MIATEL_FURTHER_LAKES"] == retail["MIATEL_FURTHER_LAKES"] == ""


def test_a_lake_of_the_command_line_is_meant_alone() -> None:
    for given in ({"lake": "/srv/other"}, {"warehouse": Path("/srv/other.duckdb")}):
        assert len(Places.of_settings(SETTINGS, **given).accounts) == 1  # type: ignore[arg-type]


def test_an_account_of_which_nothing_is_landed_yet_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lakes = {"new": str(tmp_path / "new"), "old": str(tmp_path / "old")}
    day = tmp_path / "old/raw/mdr/mdr_date=2026-01-01/mdr.parquet"
    day.parent.mkdir(parents=True)
    day.touch()
    settings = Settings({"MIATEL_HOME": str(tmp_path), "MIATEL_FURTHER_LAKES": json.dumps(lakes)})
    landed = Places.of_settings(settings).landed
    assert [account.source_name for account in landed] == ["miatel", "old"]
    assert "new: nothing is landed" in caplog.text
