"""Coverage travels in the footer of the file whose rows it proves."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from miatel import DamagedFileError, Lake, LakeError, day_window, open_lake, report_coverage
from miatel.coverage_report import find_request
from miatel.lake.coverage import Coverage, decode_footer, encode_footer
from miatel.lake.digest import with_digests
from miatel.lake.lake import day_file
from miatel.lake.sink import LakeSink
from miatel.schema import empty_raw_table
from miatel.store.directory import DirectoryStore
from tests.support.raw_rows import MIDNIGHT, REQUESTED_AT, accepted, at, between

DAY = 86_400


def entry(first: int, last: int, rows: int = 3) -> Coverage:
    return Coverage(
        between(first, last), rows, "ab" * 32, REQUESTED_AT, "manual__2026", between(-5, 500), 77,
        REQUESTED_AT, "server", "main",
    )  # fmt: skip


def test_what_is_written_is_read_in_order_of_time() -> None:
    entries = [entry(50, 60), entry(0, 10), entry(10, 50, rows=0)]
    footer = with_digests(encode_footer(entries))
    assert decode_footer(footer, "x") == [entries[1], entries[2], entries[0]]


def test_the_form_that_the_warehouse_reads_does_not_change() -> None:
    assert encode_footer([entry(0, 10)]) == {
        b"miatel.format": b"2",
        b"miatel.coverage": b'[{"start":"2026-03-01T00:00:00Z","end":"2026-03-01T00:00:10Z",'
        b'"rows":3,"body_sha256":"' + b"ab" * 32 + b'",'
        b'"requested_at":"2026-04-01T12:00:00.123456Z","run_id":"manual__2026",'
        b'"request_start":"2026-02-28T23:59:55Z","request_end":"2026-03-01T00:08:20Z",'
        b'"request_rows":77,"answered_at":"2026-04-01T12:00:00.123456Z","clock":"server",'
        b'"origin":"main"}]',
    }


def test_format_2_needs_what_format_1_lacked() -> None:
    """Who answered when, by whose clock, and the digest: missing in format 2 they are damage."""
    footer = encode_footer([entry(0, 10)])
    (now,) = json.loads(footer[b"miatel.coverage"])
    with pytest.raises(DamagedFileError):
        decode_footer(footer, "x")
    for name in ("answered_at", "clock", "origin"):
        lacking = json.dumps([{key: value for key, value in now.items() if key != name}]).encode()
        with pytest.raises(DamagedFileError, match="no coverage"):
            decode_footer(with_digests(footer | {b"miatel.coverage": lacking}), "x")
        old = {b"miatel.format": b"1", b"miatel.coverage": lacking}
        assert decode_footer(old, "x")[0].window == between(0, 10)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {b"miatel.format": b"1"},
        {b"miatel.coverage": b"[]"},
        {b"miatel.format": b"2", b"miatel.coverage": b"[]"},
        with_digests({b"miatel.format": b"2", b"miatel.coverage": b"[]"}),
        with_digests({b"miatel.format": b"3", b"miatel.coverage": b"[]"}),
        {b"miatel.format": b"1", b"miatel.coverage": b"[]"},
        {b"miatel.format": b"1", b"miatel.coverage": b"[{"},
        {b"miatel.format": b"1", b"miatel.coverage": b"null"},
        {b"miatel.format": b"1", b"miatel.coverage": b'["a"]'},
        {b"miatel.format": b"1", b"miatel.coverage": b'[{"start":"2026-03-01T00:00:00Z"}]'},
        {
            b"miatel.format": b"1",
            b"miatel.coverage": b'[{"start":"2026-03-01T00:00:00Z","end":"2026-03-01T00:00:00Z"}]',
        },
    ],
)
def test_a_file_without_our_proof_is_not_trusted(metadata: dict[bytes, bytes] | None) -> None:
    with pytest.raises(LakeError, match="raw/x"):
        decode_footer(metadata, "raw/x")


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / day_file(MIDNIGHT.date())
    path.parent.mkdir(parents=True)
    pq.write_table(empty_raw_table(), path)
    before = path.read_bytes()
    sink = LakeSink(open_lake(tmp_path), "run")
    sink.add(accepted(between(0, 10), []))
    with pytest.raises(LakeError, match="Move it away"):
        sink.finish_days([])
    assert path.read_bytes() == before


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A day of which ten minutes are landed by two requests, with a hole of one second."""
    found = open_lake(tmp_path)
    sink = LakeSink(found, "run-1")
    row = {"sms_hub_switch_id": 1, "sms_hub_sms_id": 1, "sms_hub_sms_time": at(5), "dlr_code": 1}
    sink.add(accepted(between(-300, 10), [row]))
    sink.add(accepted(between(11, 300), []))
    sink.finish_days([])
    return found


def test_the_report_tells_gaps_requests_and_open_receipts(lake: Lake) -> None:
    report = report_coverage(lake)
    assert report is not None
    assert (report.period, report.gaps) == (between(-300, 300), [between(10, 11)])
    assert (report.requests, report.rows, report.gap_seconds) == (2, 1, 1)
    assert report.open_receipts == {MIDNIGHT.date(): 1}


def test_a_period_wider_than_what_is_landed_has_its_edges_as_gaps(lake: Lake) -> None:
    report = report_coverage(lake, at(-400), at(DAY))
    assert report is not None
    assert report.gaps == [between(-400, -300), between(10, 11), between(300, DAY)]


def test_each_landed_second_names_its_request(lake: Lake) -> None:
    for second, request in [
        (-300, between(-300, 10)),
        (9, between(-300, 10)),
        (11, between(11, 300)),
    ]:
        found = find_request(lake, at(second))
        assert found is not None
        assert found[1].request == request
        assert found[0] == day_file(at(second).date())
    assert find_request(lake, at(10)) is None
    assert find_request(lake, at(300)) is None


def test_an_empty_lake_has_no_report(tmp_path: Path) -> None:
    assert report_coverage(open_lake(tmp_path / "none")) is None
    whole = report_coverage(open_lake(tmp_path / "none"), at(0), at(DAY))
    assert whole is not None
    assert whole.gaps == [day_window(MIDNIGHT.date())]


def test_a_report_lists_the_lake_as_often_for_many_days_as_for_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = LakeSink(open_lake(tmp_path), "run")
    rows = [
        {"sms_hub_switch_id": 1, "sms_hub_sms_id": n, "sms_hub_sms_time": at(n * DAY)}
        for n in range(40)
    ]
    sink.add(accepted(between(0, 40 * DAY), rows))
    sink.finish_days([])
    listed, find = [], DirectoryStore.find
    monkeypatch.setattr(DirectoryStore, "find", lambda *of: listed.append(of) or find(*of))
    report = report_coverage(open_lake(tmp_path))
    assert report is not None
    assert sum(report.open_receipts.values()) == 40
    assert len(listed) <= 2
