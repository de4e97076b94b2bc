"""An erased number leaves the sums of days whose records are gone, and every sum stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from miatel import RecipientKey
from miatel.privacy.erased_numbers import ErasedNumbers
from miatel_warehouse.forget import forget_in_warehouse
from miatel_warehouse.refresh import compact

pytestmark = pytest.mark.slow

KEY = RecipientKey("a key of the tests, not short")
NUMBER = "6581231223"
ERASED = ErasedNumbers(KEY, frozenset({KEY.erased_mark(NUMBER)}))
TABLES = """
    create schema intermediate;
    create table intermediate.int_delivery_daily as
    select * from (values
        (date '2026-01-01', '6581231223', 'acme', 10, 1.5),
        (date '2026-01-01', '+65 8123-1223', 'acme', 4, 0.5),
        (date '2026-01-01', null, 'acme', 3, 0.25),
        (date '2026-01-01', 'SHOP', 'team-6581231223', 2, 0.125),
        (date '2026-01-02', 'SHOP', 'acme', 1, 1),
        (date '2026-01-02', '6581231224', 'acme', 7, 1)
    ) as sums (mdr_date, sender, account_name, message_count, cost);
    create schema marts;
    create table marts.fct_messages as
    select * from (values
        ('0123456581231223456789abcdef0123456581231223456789abcdef01234567', '6581231223', 'acme')
    ) as messages (message_key, sender, account_name);
    create view marts.delivery_daily as from intermediate.int_delivery_daily;
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_number_is_gone_and_the_sums_stay(built: Path) -> None:
    grain = "mdr_date, sender, account_name"
    numbers = sorted(rows(built, "select message_count, cost from marts.delivery_daily"))
    assert forget_in_warehouse(built, ERASED) == 3
    compact(built)
    content = built.read_bytes()
    for spelling in (NUMBER, "+65 8123-1223", "8123-1223"):
        assert spelling.encode() not in content.replace(b"01234565812312234567", b"")
    assert sorted(rows(built, "select message_count, cost from marts.delivery_daily")) == numbers
    assert rows(built, "select count(*) from marts.delivery_daily") == [(6,)]
    assert rows(built, f"select count(distinct ({grain})) from marts.delivery_daily") == [(6,)]
    senders = rows(built, "select sender from marts.delivery_daily order by message_count desc")
    first, other, second, none, shop, _ = (sender for (sender,) in senders)
    assert (other, none, shop) == ("6581231224", None, "SHOP")
    assert first != second
    assert {first[:7], second[:7]} == {"erased:"}
    # what belongs together does so in every table
    assert rows(built, "select sender from marts.fct_messages") == [(first,)]
    assert rows(built, "select distinct account_name from marts.delivery_daily order by 1") == [
        ("acme",), (KEY.erased_token("team-6581231223"),)
    ]  # fmt: skip


def test_hashes_are_no_numbers(built: Path) -> None:
    before = rows(built, "select message_key from marts.fct_messages")
    forget_in_warehouse(built, ERASED)
    assert rows(built, "select message_key from marts.fct_messages") == before


def test_a_second_time_finds_nothing_and_without_a_warehouse_there_is_nothing(
    built: Path, tmp_path: Path
) -> None:
    forget_in_warehouse(built, ERASED)
    assert forget_in_warehouse(built, ERASED) == 0
    assert forget_in_warehouse(tmp_path / "none.duckdb", ERASED) == 0
    assert not (tmp_path / "none.duckdb").exists()
