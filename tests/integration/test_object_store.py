"""A lake in an object store: the same rows, the same coverage, one PUT a file."""

from datetime import timedelta

import pytest
from s3fs import S3FileSystem

from miatel import (
    LakeError,
    RecipientKey,
    day_window,
    erase_number,
    open_lake,
    report_coverage,
    retire_day,
)
from miatel.lake.lake import day_file
from miatel.locks import HostLock
from miatel.sources import NETWORKS
from miatel.store.objects import S3Store
from miatel_simulator import SimulatorConfig, serve
from miatel_warehouse.check import check_lake
from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.footers import read_footers
from tests.support.landed import KEY, extraction, utc
from tests.support.object_store import empty_bucket, forget_all, s3_server

SEEN_AT = ["extracted_at", "first_seen_at", "state_seen_at", "price_seen_at"]
START, END = utc(2026, 1, 1), utc(2026, 1, 4)


@pytest.fixture
def store():
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(store, monkeypatch):
    with empty_bucket(store, monkeypatch) as url:
        yield f"{url}/miatel"


def test_a_store_that_does_not_answer_is_an_error_that_says_what_to_do(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    for read in (lambda lake: lake.days(), lambda lake: lake.coverage(START.date())):
        with pytest.raises(LakeError, match="then run again"):
            read(open_lake(bucket))
    with pytest.raises(LakeError), open_lake(bucket).writing("raw/x") as scratch:
        scratch.write_text("x")
    assert not scratch.exists()


def stop(store):
    store.stop()


@pytest.mark.parametrize("vanish", [stop, forget_all])
def test_a_store_that_vanishes_midway_is_an_error_and_its_days_stay_whole(
    store, bucket, monkeypatch, tmp_path, vanish
):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def on_request(seen):
        if seen.number == 6:
            vanish(store)

    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=9),
        messages_per_day=300,
        cap=100,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config, on_request=on_request) as simulator:
        job = extraction(simulator.url, bucket, cap=100)
        with pytest.raises(LakeError, match="then run again"):
            job.land_range(START, END)
        assert len(simulator.requests()) <= 12
    assert list(tmp_path.iterdir()) == []


def test_a_lake_by_url_holds_what_a_local_one_does(bucket, tmp_path):
    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=9),
        messages_per_day=300,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as simulator:
        for lake in (bucket, tmp_path):
            job = extraction(simulator.url, lake)
            job.land_range(START, START + timedelta(hours=30))
            job.land_range(START, END)
            job.land_range(START, END, reload=True)
            assert extraction(simulator.url, lake).land_range(START, END).requests == 0
    remote, local = open_lake(bucket), open_lake(tmp_path)
    assert remote.days() == local.days()
    for day in local.days():
        there = remote.open_parquet(day_file(day)).read().drop_columns(SEEN_AT)
        here = local.open_parquet(day_file(day)).read().drop_columns(SEEN_AT)
        assert there.equals(here)
    assert remote.open_parquet(NETWORKS.path).read().num_rows > 0
    assert report_coverage(remote).gaps == []
    assert report_coverage(remote).rows == report_coverage(local).rows


def test_a_number_is_erased_and_a_day_retired_there_too(bucket):
    key = RecipientKey("a key of the tests, not short")
    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=9),
        messages_per_day=100,
        ip_auth_key=KEY,
        date="host",
    )
    root = f"{bucket}/forgetting"
    lake = open_lake(root)

    def recipients():
        files = (lake.open_parquet(day_file(day)) for day in lake.days())
        return [number for file in files for number in file.read()["dst_num"].to_pylist()]

    with serve(config) as simulator:
        job = extraction(simulator.url, root, recipient_key=key)
        job.land_range(START, END)
        before = recipients()
        done = erase_number(lake, key, before[0], END)
        assert (done.files, done.rows) == (3, before.count(before[0]))
        erased = [None if number == before[0] else number for number in before]
        assert recipients() == erased
        job.land_range(START, END, reload=True)
        assert recipients() == erased
        day = START.date()
        rows = lake.open_parquet(day_file(day)).metadata.num_rows
        assert retire_day(lake, day, lake.coverage(day), END) == rows > 0
        assert job.land_range(START, END).requests == 0
    assert recipients() == erased[rows:]


def test_day_files_of_a_bucket_are_checked_before_a_build(bucket, tmp_path):
    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=9),
        messages_per_day=50,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as simulator:
        extraction(simulator.url, bucket).land_range(START, END)
    lake, warehouse = open_lake(bucket), tmp_path / "warehouse.duckdb"
    assert [day for day, row in read_footers(lake).items() if row] == lake.days()
    assert check_lake(lake, warehouse) == 3
    path = f"{bucket}/{day_file(lake.days()[1])}"
    content = bytearray(lake.store.fs.cat_file(path))
    content[len(content) // 3] ^= 4
    lake.store.fs.pipe_file(path, bytes(content))
    lake.store.fs.invalidate_cache()
    with pytest.raises(WarehouseError, match="2026-01-02") as refused:
        check_lake(lake, warehouse)
    assert "2026-01-01" not in str(refused.value)


def test_what_another_host_lands_for_the_same_day_meanwhile_is_not_lost(
    bucket, tmp_path, monkeypatch
):
    """The lock is of one host: what differs is seen when the file is replaced, and merged with."""
    day = day_window(START.date())
    noon = START + timedelta(hours=12)
    config = SimulatorConfig(
        start=START,
        end=END,
        now=END + timedelta(days=9),
        messages_per_day=300,
        ip_auth_key=KEY,
        date="host",
    )
    replace_if, others = S3Store.replace_if, []

    def of_another_host(url):
        job = extraction(url, bucket)
        job.lake.store.lock = HostLock(tmp_path / "other.lock", "of another host")
        return job

    with serve(config) as simulator:

        def another_is_quicker(store, scratch, path, version):
            if path == day_file(START.date()) and not others:
                others.append(of_another_host(simulator.url))
                others[0].land_range(noon, day.end)
            replace_if(store, scratch, path, version)

        extraction(simulator.url, f"{bucket}/whole").land_range(START, day.end)
        monkeypatch.setattr(S3Store, "replace_if", another_is_quicker)
        extraction(simulator.url, bucket).land_range(START, noon)
    lake, expected = open_lake(bucket), open_lake(f"{bucket}/whole")
    assert others
    assert report_coverage(lake).gaps == []
    landed, whole = (
        it.open_parquet(day_file(START.date())).read().drop_columns(SEEN_AT)
        for it in (lake, expected)
    )
    assert landed.equals(whole)
