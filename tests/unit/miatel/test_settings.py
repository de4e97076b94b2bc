"""One rule says where the lake is, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from miatel.errors import LakeError
from miatel.settings import PROJECT_LAKE, lake_root

DEFAULT = Path("/srv/default")


@pytest.mark.parametrize(
    ("value", "root"),
    [
        (None, "/srv/default"),
        ("", "/srv/default"),
        ("  \n", "/srv/default"),
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
    assert lake_root(environment, DEFAULT) == (root or value)


@pytest.mark.parametrize(
    "value",
    ["data/lake", "./lake", "~/lake", "~", "file://data/lake", "file://~/lake", "s3://", "://x",
     "s3:///", "file://s3://bucket/lake", " /srv/lake"],
)  # fmt: skip
def test_what_could_be_another_place_for_each_process_is_refused(value: str) -> None:
    with pytest.raises(LakeError, match="absolute path") as caught:
        lake_root({"MIATEL_LAKE": value}, DEFAULT)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", ["/srv/a\\b/lake", "file:///srv/lake\\"])
def test_a_path_that_the_warehouse_cannot_read_is_refused(value: str) -> None:
    with pytest.raises(LakeError, match="backslash"):
        lake_root({"MIATEL_LAKE": value}, DEFAULT)
    with pytest.raises(LakeError, match="backslash"):
        lake_root({}, Path("/srv/a\\b"))


def test_the_default_is_under_the_project() -> None:
    assert PROJECT_LAKE.is_absolute()
    assert (PROJECT_LAKE.parents[1] / "pyproject.toml").is_file()
    assert lake_root({}) == str(PROJECT_LAKE)
