"""A day whose rows are wrong is held back: it stays as it last was, and all others are built."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from .conftest import Lake, mdr
from .test_forgetting import command, published_days
from .test_warehouse import assert_equals_full_build

GOOD, BAD, NEVER_SEEN, OTHER = [f"2026-01-0{day}" for day in range(1, 5)]
DATA_TESTS = ("--exclude-resource-type", "unit_test")
DAILY = """
    select mdr_date::varchar, sender, sum(message_count)::int
    from marts.delivery_daily
    group by all
    order by all
"""
FACTS = "select mdr_date::varchar, count(*) from marts.fct_mdr group by all order by all"
HELD = """
    select mdr_date::varchar, held_reason, segment_count
    from marts.completeness_daily
    where held_reason is not null
    order by all
"""


@pytest.fixture(scope="module")
def held(lake: Lake) -> tuple[Lake, str]:
    """A day built well and landed anew with a record twice, and one with a row of another day."""
    for day in (GOOD, BAD):
        number = int(day[-2:]) * 10
        lake.land(day, [mdr(number, f"{day}T10:00:00"), mdr(number + 1, f"{day}T11:00:00")])
    lake.build(*DATA_TESTS)
    twice = mdr(20, f"{BAD}T10:00:00", src_num="NEW", record_key="the same")
    lake.land(BAD, [twice, twice], run_id="run-2")
    lake.land(NEVER_SEEN, [mdr(30, f"{GOOD}T10:00:00"), mdr(31, f"{NEVER_SEEN}T10:00:00")])
    lake.land(GOOD, [mdr(10, f"{GOOD}T10:00:00", src_num="NEW")], run_id="run-2")
    lake.land(OTHER, [mdr(40, f"{OTHER}T10:00:00")])
    said = lake.build(*DATA_TESTS)
    assert command(lake, "-m", "miatel_warehouse", "publish").returncode == 0
    return lake, said


def test_a_day_with_wrong_rows_stays_as_it_last_was_and_all_others_are_built(
    held: tuple[Lake, str],
) -> None:
    lake, _ = held
    assert lake.query(FACTS) == [(GOOD, 1), (BAD, 2), (OTHER, 1)]
    assert lake.query(DAILY) == [(GOOD, "NEW", 1), (BAD, "SHOP", 2), (OTHER, "SHOP", 1)]
    assert published_days(lake) == {GOOD, BAD, OTHER}


def test_it_is_marked_and_warned_of(held: tuple[Lake, str]) -> None:
    lake, said = held
    assert lake.query(HELD) == [(BAD, "repeated", 2), (NEVER_SEEN, "other_day", 0)]
    assert "warn_held_days" in said
    assert lake.query("from marts.build_warnings where test_name = 'warn_held_days'") == [
        ("warn_held_days", 2)
    ], "whoever reads the tables sees it, too"
    finished = lake.query("select mdr_date::varchar from state.finished_days order by all")
    assert finished == [(GOOD,), (OTHER,)], "its sums are not those of its file"


def test_its_facts_name_nobody_once_a_number_is_erased(
    held: tuple[Lake, str], tmp_path: Path
) -> None:
    lake = held[0].copy(tmp_path / "lake")
    named = "select count(recipient_masked) from marts.fct_mdr where mdr_date = ?"
    assert lake.query(named, [BAD]) == [(2,)]
    erased = command(lake, "-m", "miatel_warehouse", "erase", given="6500000001")
    assert erased.returncode == 0, erased.stderr
    assert lake.query(named, [BAD]) == [(0,)]
    assert lake.query(FACTS) == [(GOOD, 1), (BAD, 2), (OTHER, 1)]
    published = pq.read_table(lake.root / f"marts/fct_mdr/{BAD}.parquet", partitioning=None)
    assert published["recipient_hash"].null_count == published.num_rows == 2


def test_under_another_key_its_facts_name_nobody(held: tuple[Lake, str], tmp_path: Path) -> None:
    lake = held[0].copy(tmp_path / "lake")
    key = {"MIATEL_RECIPIENT_KEY": "another key of the recipients"}
    assert lake.dbt("build", *DATA_TESTS, environment=key).returncode == 0
    named = "select mdr_date::varchar, count(recipient_masked) from marts.fct_mdr group by 1"
    assert dict(lake.query(named)) == {GOOD: 1, BAD: 0, OTHER: 1}


def test_nothing_is_built_of_it_while_nothing_changes_and_all_once_it_is_mended(
    held: tuple[Lake, str],
) -> None:
    lake, _ = held
    lake.build(*DATA_TESTS)
    assert lake.query(FACTS) == [(GOOD, 1), (BAD, 2), (OTHER, 1)]
    lake.land(BAD, [mdr(20, f"{BAD}T10:00:00", src_num="NEW")], run_id="run-3")
    lake.land(NEVER_SEEN, [mdr(31, f"{NEVER_SEEN}T10:00:00")], run_id="run-3")
    lake.build(*DATA_TESTS)
    assert lake.query(HELD) == []
    assert lake.query(FACTS) == [(GOOD, 1), (BAD, 1), (NEVER_SEEN, 1), (OTHER, 1)]
    assert_equals_full_build(lake)
