"""What stays unreadable, late, unfilled or without an id is counted in a mart, and warned of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import UTC_TIME, Lake, mdr

WARNING = re.compile(r"WARN (\d+) (warn_\w+)")
ALL_WARNINGS = {
    "warn_unpriced_segments",
    "warn_implausible_receipts",
    "warn_late_records",
    "warn_gaps",
    "warn_empty_days",
    "warn_record_identity",
    "warn_ids_used_again",
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first_day() -> list[dict[str, object]]:
    at = "2026-01-05T01:00:00"
    long_ago, before, ahead = "1970-01-01", "2026-01-05T00:59:55", "2126-01-01"
    return [
        mdr(1, at, dlr_time=moment("2026-01-05T01:00:04")),
        mdr(2, at, dlr_time=moment(long_ago), price=Decimal("0")),
        mdr(3, at, dlr_time=moment(before), price=None),
        mdr(4, at, dlr_time=moment(ahead), price=None, extra='{"price": "1 or 2"}'),
        mdr(5, at, extra='{"dlr_time": "soon"}', sms_hub_currency_name="USD"),
        mdr(6, at, dlr_code=None, resp_code=-5060, price=None),
        mdr(7, at, dlr_code=8, price=None),
        mdr(8, at, dlr_code=None, resp_code=None, price=None, extra='{"resp_code": "ESME_ROK"}'),
        mdr(9, at, dlr_code=None, extra='{"dlr_code": "DELIVRD"}', sms_hub_mccmnc_id=25001),
        mdr(10, at, dlr_code=5, price=None, src_num="OTHER"),
    ]


@pytest.fixture(scope="module")
def said(lake: Lake) -> str:
    """What dbt said of a lake that holds each kind of doubt; the build must be green."""
    lake.land("2026-01-05", first_day(), requested_at="2026-01-06T00:10:00Z")
    nameless = {"sms_hub_sms_id": 0, "message_id": ""}
    lake.land(
        "2026-01-06",
        [
            mdr(1, "2026-01-06T02:00:00", dst_num="6500000002"),
            mdr(11, "2026-01-06T02:00:00", **nameless),
            mdr(12, "2026-01-06T02:00:00", **nameless, dst_num="6500000003"),
            mdr(13, "2026-01-06T02:00:00", sms_hub_sms_id=None, message_id="bulk"),
            mdr(14, "2026-01-06T02:00:00", sms_hub_sms_id=None, message_id="bulk", dst_num="65"),
        ],
        requested_at="2026-01-07T00:10:00Z",
        late=[
            {
                "found_at": "2026-01-07T00:10:00Z",
                "run_id": "run-1",
                "rows": 2,
                "most_hours": 25,
                "first_received_at": "2026-01-05T23:20:00Z",
                "last_received_at": "2026-01-05T23:30:00Z",
            }
        ],
    )
    lake.land("2026-01-08", [], requested_at="2026-01-20T00:10:00Z")
    lake.land("2026-01-09", [mdr(2, "2026-01-09T02:00:00")], requested_at="2026-01-20T00:11:00Z")
    gaps = {
        "start_at": [moment("2026-01-07T00:00:00")],
        "end_at": [moment("2026-01-07T12:00:00")],
        "failed_at": [moment("2026-01-20T00:12:00")],
    }
    table = pa.table(
        {name: pa.array(values, UTC_TIME) for name, values in gaps.items()}
        | {"reason": ["half a body"], "error": ["IncompleteAnswerError"], "run_id": ["run-1"]}
    )
    (lake.root / "gaps").mkdir()
    pq.write_table(table, lake.root / "gaps/failed_gaps.parquet")
    return lake.build("--exclude-resource-type", "unit_test")


def test_each_kind_of_doubt_is_a_warning_and_the_build_is_green(said: str) -> None:
    assert {name for _, name in WARNING.findall(said)} == ALL_WARNINGS


def test_a_segment_that_should_have_a_price_and_has_none_is_unpriced(lake: Lake, said: str) -> None:
    """Not the refused one, not the rejected one, not one whose price is 0."""
    for mart in ("delivery_daily", "delivery_hourly", "cost_monthly", "account_costs"):
        (counts,) = lake.query(f"select sum(unpriced_segment_count) from marts.{mart}")
        assert counts == (4,), mart


def test_what_failed_cost_nothing_unless_a_price_is_missing(lake: Lake, said: str) -> None:
    """A refused or rejected segment has no price to miss; an undeliverable one has."""
    found = """
        select sender, mccmnc, currency, failed_segment_count, failed_cost
        from marts.delivery_daily
        where mdr_date = date '2026-01-05'
        order by all
    """
    assert lake.query(found) == [
        ("OTHER", "525001", "EUR", 1, None),
        ("SHOP", "250001", "EUR", 0, 0),
        ("SHOP", "525001", "EUR", 2, 0),
        ("SHOP", "525001", "USD", 0, 0),
    ]
    month = (
        "select failed_cost from marts.cost_monthly where currency = 'EUR' and mccmnc = '525001'"
    )
    assert lake.query(month) == [(None,)]


def test_a_time_that_cannot_be_true_is_in_no_percentile(lake: Lake, said: str) -> None:
    daily = """
        select p50_seconds, p99_seconds, receipt_count, implausible_receipt_count
        from intermediate.int_latency_daily
        where mdr_date = date '2026-01-05'
    """
    assert lake.query(daily) == [(4.0, 4.0, 1, 4)]
    by_sender = """
        select sum(within_1s_count), sum(within_86400s_count), sum(implausible_receipt_count)
        from marts.latency_by_sender_daily
        where mdr_date = date '2026-01-05'
    """
    assert lake.query(by_sender) == [(0, 1, 4)]
    # the value that was sent stays to be seen
    raw = "select receipt_at from marts.fct_mdr where sms_id = 2 and has_implausible_receipt"
    assert lake.query(raw) == [(moment("1970-01-01"),)]


def test_names_of_codes_mean_their_codes_and_five_digits_a_network(lake: Lake, said: str) -> None:
    rows = lake.query("""
        select sms_id, response_code, received_response_code, delivery_code, outcome, mccmnc
        from marts.fct_mdr
        where sms_id in (8, 9)
        order by sms_id
    """)
    assert rows == [
        (8, "0", "ESME_ROK", "(none)", "pending", "525001"),
        (9, "0", "0", "2", "delivered", "250001"),
    ]
    country = "select country_code from marts.dim_networks where mccmnc = '250001'"
    assert lake.query(country) == [("RU",)]


def test_ids_that_are_missing_or_used_again_are_counted(lake: Lake, said: str) -> None:
    assert lake.query("""
        select
            cast(mdr_date as varchar), record_count, records_without_id_count,
            shared_sms_id_count, shared_message_id_count
        from marts.record_identity_daily
        order by mdr_date
    """) == [
        ("2026-01-05", 10, 0, 0, 0),
        ("2026-01-06", 5, 2, 1, 3),
        ("2026-01-09", 1, 0, 0, 0),
    ]


def test_late_records_name_the_lookback(lake: Lake, said: str) -> None:
    assert lake.query("""
        select cast(mdr_date as varchar), record_count, most_hours, suggested_lookback_hours
        from marts.late_records
    """) == [("2026-01-06", 2, 25.0, 48)]


def test_a_gap_says_why_it_could_not_be_filled(lake: Lake, said: str) -> None:
    assert lake.query("""
        select
            cast(start_at as varchar), duration_seconds, gap_reason, cast(gap_failed_at as varchar)
        from marts.extract_coverage
        where interval_type = 'gap'
    """) == [("2026-01-07 00:00:00+00", 86_400, "half a body", "2026-01-20 00:12:00+00")]


@pytest.mark.usefixtures("said")
def test_what_was_warned_of_and_is_mended_is_warned_of_no_more(lake: Lake, tmp_path: Path) -> None:
    """All days land anew, whole and in order; the numbers follow on every day."""
    mended = lake.copy(tmp_path / "lake")
    for day in ("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"):
        number = int(day[-2:])
        right = mdr(number, f"{day}T01:00:00", dlr_time=moment(f"{day}T01:00:02"))
        mended.land(day, [right], run_id="run-2", requested_at="2026-01-20T01:00:00Z")
    assert WARNING.findall(mended.build("--exclude-resource-type", "unit_test")) == []
    assert mended.query("select sum(unpriced_segment_count) from marts.delivery_daily") == [(0,)]
    shared = "select max(shared_sms_id_count) from marts.record_identity_daily"
    assert mended.query(shared) == [(0,)]
