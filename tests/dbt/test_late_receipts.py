"""The warehouse of daily runs is the truth, though receipts come late and records come twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from miatel_simulator import Simulator, SimulatorConfig, serve
from tests.support.landed import KEY, extraction
from tests.support.repeating import repeating

from .conftest import Lake

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS, HORIZON_DAYS = 10, 4
MODELS = ["+fct_messages", "+delivery_daily", "+extract_coverage"]
SEGMENTS = """
    select
        sms_hub_switch_id as switch_id,
        sms_hub_sms_id as sms_id,
        epoch_us(sms_hub_sms_time) as received_at,
        epoch_us(dlr_time) as receipt_at,
        coalesce(cast(dlr_code as varchar), '(none)') as delivery_code,
        coalesce(cast(abs(resp_code) as varchar), '(none)') as response_code,
        coalesce(lpad(cast(sms_hub_mccmnc_id as varchar), 6, '0'), '(none)') as mccmnc,
        coalesce(nullif(trim(username), ''), '(none)') as account_name,
        coalesce(nullif(trim(src_num), ''), '(none)') as sender,
        message_id,
        segment_num as segment_number,
        coalesce(sms_hub_currency_name, '(none)') as currency,
        price,
        case
            when dlr_code = 2 then 'delivered'
            when dlr_code in (3, 4, 5, 7, 8) or resp_code <> 0 then 'failed'
            else 'pending'
        end as outcome
    from truth
    order by 1, 2
"""
WAREHOUSE_SEGMENTS = """
    select
        switch_id, sms_id, epoch_us(received_at), epoch_us(receipt_at), delivery_code,
        response_code, mccmnc, account_name, sender, message_id, segment_number, currency, price,
        outcome
    from marts.fct_mdr
    order by 1, 2
"""
MESSAGES = """
    with segments as (
        select
            *,
            case
                when dlr_code = 2 then 'delivered'
                when dlr_code in (3, 4, 5, 7, 8) or resp_code <> 0 then 'failed'
                else 'pending'
            end as outcome,
            sms_hub_switch_id || ':' || sms_hub_sms_id as mdr,
            -- its segment ids are ids: no two messages share one
            case when segment_total > 1 then segment_id else mdr end as message
        from truth
    )
    select
        min(mdr) as first_mdr,
        count(*),
        count(*) filter (where outcome = 'delivered'),
        case
            when bool_or(outcome = 'failed') then 'failed'
            when bool_and(outcome = 'delivered') and count(*) = max(segment_total) then 'delivered'
            else 'pending'
        end,
        sum(price)
    from segments
    group by message
    order by first_mdr
"""
WAREHOUSE_MESSAGES = """
    select
        min(switch_id || ':' || sms_id) as first_mdr,
        any_value(segment_count),
        any_value(delivered_segment_count),
        any_value(messages.outcome),
        any_value(cost)
    from marts.fct_messages as messages
    left join marts.fct_mdr using (message_key)
    group by message_key
    order by first_mdr
"""


@pytest.fixture(scope="module")
def platform() -> Iterator[Simulator]:
    config = SimulatorConfig(
        start=START,
        end=START + DAYS * DAY,
        now=START,
        messages_per_day=800,
        order="shuffled",
        max_receipt_delay_hours=72,
        ip_auth_key=KEY,
    )
    with serve(config) as simulator:
        yield simulator


def truth_says(platform: Simulator, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("truth", platform.truth(START, START + DAYS * DAY))
        return connection.execute(sql).fetchall()


def test_after_the_horizon_the_warehouse_is_the_truth(platform: Simulator, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with repeating(platform, share=0.2) as (url, repeated):
        for number in range(DAYS + HORIZON_DAYS):
            begin = START + number * DAY
            now = begin + DAY + timedelta(minutes=10)
            platform.set_now(now)
            job = extraction(url, tmp_path, clock=lambda now=now: now)  # type: ignore[misc]
            report = job.land_interval(begin, begin + DAY)
            if number == DAYS // 2:
                lake.build("--select", *MODELS, "--exclude-resource-type", "unit_test", "test")
                waiting = lake.query(WAREHOUSE_SEGMENTS)
    lake.build("--select", *MODELS, "--exclude-resource-type", "unit_test", "test")

    assert sum(repeated) > 1_000
    assert report.open_receipts == 0
    truth = truth_says(platform, SEGMENTS)
    early = {row[:2]: row for row in waiting}
    changed = [row for row in truth if row[:2] in early and early[row[:2]] != row]
    assert len(changed) > 50, "receipts did come after the first build"
    assert lake.query(WAREHOUSE_SEGMENTS) == truth
    assert lake.query(WAREHOUSE_MESSAGES) == truth_says(platform, MESSAGES)
    daily = "select sum(segment_count), sum(delivered_segment_count) from marts.delivery_daily"
    delivered = sum(row[-1] == "delivered" for row in truth)
    assert lake.query(daily) == [(len(truth), delivered)]
    gaps = "select count(*) from marts.extract_coverage where interval_type = 'gap'"
    assert lake.query(gaps) == [(0,)]
