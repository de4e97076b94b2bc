"""One rule for each variable of the environment, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from miatel import SettingError, Settings
from miatel.settings import CLONE

PLACE = Path("/srv/default")


@pytest.mark.parametrize(
    ("value", "root"),
    [
        (None, "/srv/default/data/lake"),
        ("", "/srv/default/data/lake"),
        ("  \n", "/srv/default/data/lake"),
        ("/srv/lake", "/srv/lake"),
        ("/srv/it's [a] {{lake}} 100%/mdr_date=2020-01-01", None),
        ("file:///srv/lake", "/srv/lake"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/a b/lake/", "s3://bucket/a b/lake/"),
        ("gs://bucket/lake", "gs://bucket/lake"),
    ],
)
def test_absolute_paths_and_urls_stay_as_they_are(value: str | None, root: str | None) -> None:
    environment = {} if value is None else {"MIATEL_LAKE": value}
    assert Settings(environment, PLACE).lake == (root or value)


@pytest.mark.parametrize(
    "value",
    ["data/lake", "./lake", "~/lake", "~", "file://data/lake", "file://~/lake", "s3://", "://x",
     "s3:///", "file://s3://bucket/lake", " /srv/lake"],
)  # fmt: skip
def test_what_could_be_another_place_for_each_process_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match="absolute path") as caught:
        _ = Settings({"MIATEL_LAKE": value}, PLACE).lake
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", ["/srv/a\\b/lake", "file:///srv/lake\\"])
def test_a_path_that_the_warehouse_cannot_read_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match="backslash"):
        _ = Settings({"MIATEL_LAKE": value}, PLACE).lake
    with pytest.raises(SettingError, match="backslash"):
        _ = Settings({}, Path("/srv/a\\b")).lake


def test_the_default_is_under_the_project() -> None:
    assert Path(__file__).parents[3] == CLONE
    assert Settings({}).lake == str(CLONE / "data" / "lake")


def test_all_that_has_no_place_of_its_own_lies_in_one_directory() -> None:
    settings = Settings({"MIATEL_HOME": "/srv/miatel"})
    places = [settings.lake, *map(str, (settings.warehouse, settings.bi, settings.reports))]
    assert all(place.startswith("/srv/miatel/") for place in places)


@pytest.mark.parametrize("home", [None, "", "data", "~/data", "./data"])
def test_where_a_wheel_is_installed_no_place_is_guessed(home: str | None) -> None:
    settings = Settings({} if home is None else {"MIATEL_HOME": home}, clone=None)
    for name in ("home", "lake", "warehouse", "bi", "reports"):
        with pytest.raises(SettingError, match=r"MIATEL_HOME is .*: give an absolute path"):
            getattr(settings, name)


def test_a_wheel_needs_no_home_where_each_place_is_named() -> None:
    named = {"MIATEL_LAKE": "s3://bucket/lake", "MIATEL_WAREHOUSE": "/srv/w.duckdb"}
    settings = Settings(named, clone=None)
    assert (settings.lake, settings.warehouse) == ("s3://bucket/lake", Path("/srv/w.duckdb"))


def test_a_wrong_value_stops_only_what_needs_it() -> None:
    settings = Settings({"MIATEL_LAKE": "data/lake", "MIATEL_FILE_MODE": "0o9"})
    assert settings.warehouse == CLONE / "data/warehouse.duckdb"
    assert settings.retention_days is None


def test_no_secret_stands_in_the_settings_as_text() -> None:
    assert "canary" not in repr(Settings({"MIATEL_KEY": "canary"}))


def test_the_environment_is_read_when_settings_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIATEL_LAKE", "/srv/first")
    settings = Settings.from_environment()
    monkeypatch.setenv("MIATEL_LAKE", "/srv/second")
    assert settings.lake == "/srv/first"
    assert Settings.from_environment().lake == "/srv/second"


@pytest.mark.parametrize(
    ("text", "mode"), [(None, 0o640), ("", 0o640), (" ", 0o640), ("0600", 0o600), ("664", 0o664)]
)
def test_the_mode_of_files_is_a_setting(text: str | None, mode: int) -> None:
    assert Settings({} if text is None else {"MIATEL_FILE_MODE": text}).file_mode == mode


@pytest.mark.parametrize("text", ["0400", "0240", "0755", "rw-r-----", "640640", "0o9", "-640"])
def test_a_mode_that_would_not_work_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="MIATEL_FILE_MODE"):
        _ = Settings({"MIATEL_FILE_MODE": text}).file_mode


@pytest.mark.parametrize(
    "blank", [{}, {"MIATEL_BI": " ", "MIATEL_WAREHOUSE": "", "MIATEL_REPORTS": " "}]
)
def test_a_blank_path_is_the_default(blank: dict[str, str]) -> None:
    settings = Settings(blank, PLACE)
    found = [str(path) for path in (settings.warehouse, settings.bi, settings.reports)]
    assert found == [
        "/srv/default/data/warehouse.duckdb", "/srv/default/data/bi.duckdb", "/srv/default/reports"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[1]", "{", "text"])
def test_an_extra_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="MIATEL_EXTRA is no JSON object") as caught:
        _ = Settings({"MIATEL_EXTRA": text}).extra
    assert caught.value.__context__ is None, "it may hold a password"


LAKES = {"MIATEL_LAKE": "/srv/lake"}


def test_further_accounts_have_a_name_and_a_lake_each_or_leave() -> None:
    text = '{"retail": "file:///srv/retail", "bank_2": "s3://bank/lake", "old": null}'
    settings = Settings(LAKES | {"MIATEL_FURTHER_LAKES": text})
    assert settings.further_lakes == {
        "retail": "/srv/retail", "bank_2": "s3://bank/lake", "old": None,
    }  # fmt: skip
    assert settings.source_name == "miatel"
    assert Settings(LAKES | {"MIATEL_FURTHER_LAKES": " "}).further_lakes == {}
    assert Settings({}, None).further_lakes == {}, "no home is needed for none"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("retail", "no JSON object"),
        ('["retail"]', "no JSON object"),
        ('{"retail": {"lake": "/srv/retail"}}', "no JSON object"),
        ('{"retail": "/srv/a", "retail": "/srv/b"}', "of its own"),
        ('{"miatel": "/srv/a"}', "of its own"),
        ('{"retail": "/srv/lake/"}', "of its own"),
        ('{"a": "/srv/a", "b": "/srv/a"}', "of its own"),
        ('{"Retail": "/srv/a"}', "'Retail' is no name"),
        ('{"a/b": "/srv/a"}', "'a/b' is no name"),
        ('{"retail": "retail/lake"}', "give an absolute path"),
        ('{"retail": ""}', "give an absolute path"),
    ],
)
def test_further_accounts_that_could_be_taken_for_another_are_refused(
    text: str, reason: str
) -> None:
    with pytest.raises(SettingError, match=f"MIATEL_FURTHER_LAKES.*{reason}"):
        _ = Settings(LAKES | {"MIATEL_FURTHER_LAKES": text}).further_lakes


def test_a_name_of_the_first_account_is_a_setting() -> None:
    assert Settings({"MIATEL_SOURCE_NAME": "bulk"}).source_name == "bulk"
    with pytest.raises(SettingError, match="MIATEL_SOURCE_NAME: 'Bulk SMS' is no name"):
        _ = Settings({"MIATEL_SOURCE_NAME": "Bulk SMS"}).source_name
