from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.places import Places
from miatel_warehouse.publish import publish
from miatel_warehouse.summary import summarise


@pytest.fixture
def bi(warehouse: Path, tmp_path: Path) -> Path:
    publish(Places.of_one(str(tmp_path), warehouse, tmp_path / "bi.duckdb"))
    return tmp_path / "bi.duckdb"


def change(bi: Path, sql: str) -> None:
    with duckdb.connect(str(bi)) as connection:
        connection.execute(sql)


def test_it_says_traffic_delivery_failures_and_coverage(bi: Path) -> None:
    assert summarise(bi).splitlines() == [
        "SMS traffic from 2026-01-01 to 2026-01-02 (GMT)",
        "           160  messages, in 180 segments",
        "           100  delivered  62.5%",
        "            55  failed     34.4%",
        "             5  pending     3.1%",
        "          8.50  EUR",
        "          1.25  USD",
        "",
        "Delivery rate by country (the 10 with most messages)",
        "           110   81.8%  Singapore",
        "            50   20.0%  Namibia",
        "",
        "Most frequent reasons of failed segments",
        "            45  response   5060  Country is blocked",
        "            10  response ESME_X  undocumented",
        "",
        "Coverage",
        "  2 days landed by 1 accepted requests, 2026-01-01 00:00:00 until 2026-01-03 00:00:00 GMT",
        "  no gaps",
    ]


def test_gaps_are_listed_and_the_list_is_bounded(bi: Path) -> None:
    change(
        bi,
        """
        insert into extract_coverage
            (source_name, interval_type, start_at, end_at, duration_seconds)
        select 'miatel', 'gap', start_at, start_at + interval 1 minute, 60
        from (
            select timestamptz '2026-01-05 00:00:00Z' + interval (i) hour as start_at
            from range(25) as hours (i)
        )
        """,
    )
    lines = summarise(bi).splitlines()
    assert "no gaps" not in lines
    assert "  gaps: 25, with 1,500 seconds not landed" in lines
    assert "    2026-01-05 00:00:00 until 2026-01-05 00:01:00 (60 s)" in lines
    assert lines[-1] == "    and 5 more: see extract_coverage"


def test_landed_days_without_traffic_are_no_error(bi: Path) -> None:
    change(bi, "delete from delivery_daily; delete from failure_reasons_daily")
    summary = summarise(bi)
    assert summary.startswith("SMS traffic: none")
    assert "no gaps" in summary


def test_a_file_without_the_tables_says_what_to_run(tmp_path: Path) -> None:
    change(tmp_path / "bi.duckdb", "create table other as select 1")
    with pytest.raises(WarehouseError, match="publish"):
        summarise(tmp_path / "bi.duckdb")
