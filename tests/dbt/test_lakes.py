"""Lakes that are empty or stand on S3."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from .conftest import Lake, mdr

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def test_an_empty_lake_says_what_to_run_and_harms_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    done = lake.dbt("build")
    assert done.returncode != 0
    assert "Nothing is landed" in done.stdout
    assert "miatel_history" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert lake.query("select table_name from information_schema.tables") == []


def test_a_lake_on_s3_builds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T00:00:00"), mdr(2, "2026-01-01T10:00:00")])
    lake.land("2026-01-02", [])
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        places = CREDENTIALS | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}
        for name, value in places.items():
            monkeypatch.setitem(os.environ, name, value)
        boto3.client("s3").create_bucket(Bucket="lake")
        fsspec.filesystem("s3").put(str(tmp_path / "raw"), "lake/sms/raw", recursive=True)
        done = lake.dbt(
            "build", "--exclude-resource-type", "unit_test",
            environment={"MIATEL_LAKE": "s3://lake/sms/"},
        )  # fmt: skip
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout[-4000:]
    assert lake.query("select sms_id from marts.fct_mdr order by 1") == [(1,), (2,)]


def test_a_time_zone_that_there_is_not_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T10:00:00")])
    done = lake.dbt("build", environment={"MIATEL_REPORTING_TIME_ZONE": "Moscow"})
    assert done.returncode != 0
    assert "MIATEL_REPORTING_TIME_ZONE is Moscow, which is no time zone" in done.stdout
    assert lake.query("select count(*) from duckdb_tables() where schema_name = 'marts'") == [(0,)]
