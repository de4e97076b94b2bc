"""The published percentile: of the rows together, right within the bounds of their counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from miatel_warehouse.bi_macros import create_latency_percentile

BOUNDS = [1, 5, 60, 900, 86400]
SHARES = [0.01, 0.5, 0.9, 0.95, 0.99]
COUNTS = ", ".join(f"count(*) filter (seconds <= {b}) as within_{b}s_count" for b in BOUNDS)


@pytest.fixture
def receipts() -> list[tuple[str, int, float]]:
    """Country, day and seconds: quick days of many receipts and slow ones of few."""
    chance = random.Random(3)
    return [
        (country, day, chance.lognormvariate(mean, 1.5))
        for country, mean in (("SG", 1.0), ("RU", 3.0))
        for day in range(10)
        for _ in range(400 if day % 3 else 7)
    ]


@pytest.fixture
def bi(tmp_path: Path, receipts: list[tuple[str, int, float]]) -> Iterator[Path]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path}/bi.duckdb' as \"a file's name\"")
        connection.execute("create table receipts (country varchar, day int, seconds double)")
        connection.executemany("insert into receipts values (?, ?, ?)", receipts)
        connection.execute(
            'create table "a file\'s name".latency_by_sender_daily as '
            f"select country, day, count(*) as receipt_count, {COUNTS} from receipts group by all"
        )
        create_latency_percentile(connection, '"a file\'s name"')
    return tmp_path / "bi.duckdb"


def ask(bi: Path, sql: str) -> list[tuple[float | str, ...]]:
    with duckdb.connect(str(bi), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def between(seconds: float) -> tuple[int, int]:
    """The bounds that a latency lies between."""
    bound = next(bound for bound in BOUNDS if seconds <= bound)
    return max((b for b in BOUNDS if b < bound), default=0), bound


@pytest.mark.parametrize("share", SHARES)
def test_it_lies_between_the_bounds_that_the_true_one_does(
    bi: Path, receipts: list[tuple[str, int, float]], share: float
) -> None:
    sql = f"""
        select country, latency_percentile({share}, daily)
        from latency_by_sender_daily as daily
        group by country
    """
    found = dict(ask(bi, sql))
    for country in ("SG", "RU"):
        seconds = sorted(s for c, _, s in receipts if c == country)
        true = seconds[min(len(seconds) - 1, int(share * len(seconds)))]
        low, high = between(true)
        assert low <= found[country] <= high
    ((all_rows,),) = ask(
        bi, f"select latency_percentile({share}, t) from latency_by_sender_daily t"
    )
    assert min(found.values()) <= all_rows <= max(found.values())


def test_of_few_receipts_there_is_none(bi: Path) -> None:
    of_days = """
        select sum(receipt_count) < 20, latency_percentile(0.95, daily) is null
        from latency_by_sender_daily as daily
        group by country, day
    """
    assert set(ask(bi, of_days)) == {(True, True), (False, False)}
    nothing = "select latency_percentile(0.95, t) from latency_by_sender_daily t where day > 99"
    assert ask(bi, nothing) == [(None,)]
