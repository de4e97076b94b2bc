"""A warehouse file as dbt leaves it: marts in their schema, other things beside them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

MARTS = """
    create schema intermediate;
    create table intermediate.int_delivery_daily as select 1 as secret;
    create schema marts;
    create table marts.fct_mdr as
    select 'sms:1:' || i as mdr_key, date '2026-01-03' - cast(i % 3 as integer) as mdr_date
    from range(10) as numbers (i);
    create table marts.delivery_daily as
    select * from (values
        (date '2026-01-01', 'Singapore', 'EUR', 100, 80, 15, 5, 120, 6.5),
        (date '2026-01-01', 'Singapore', 'USD', 10, 10, 0, 0, 10, 1.25),
        (date '2026-01-02', 'Namibia', 'EUR', 50, 10, 40, 0, 50, 2)
    ) as daily (
        mdr_date, country_name, currency, message_count, delivered_message_count,
        failed_message_count, pending_message_count, segment_count, cost
    );
    create view marts.failure_reasons_daily as
    select * from (values
        (date '2026-01-01', 'response', '5060', 'Country is blocked', 15),
        (date '2026-01-02', 'response', '5060', 'Country is blocked', 30),
        (date '2026-01-02', 'response', 'ESME_X', 'undocumented', 10)
    ) as reasons (mdr_date, code_type, code, meaning, segment_count);
    create table marts.extract_coverage as
    select
        'landed' as interval_type,
        day as mdr_date,
        day::timestamptz as start_at,
        (day + 1)::timestamptz as end_at,
        86400 as duration_seconds,
        'run-1' as run_id,
        timestamptz '2026-02-01 00:00:00Z' as requested_at,
        timestamptz '2026-01-01 00:00:00Z' as request_start_at,
        timestamptz '2026-01-03 00:00:00Z' as request_end_at
    from (values (date '2026-01-01'), (date '2026-01-02')) as days (day);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(MARTS)
    return path
