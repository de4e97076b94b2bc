"""Messages in the warehouse: what a person sees, also when parts come late, and after retention."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from miatel import open_lake, retire_day

from .conftest import Lake, mdr
from .test_warehouse import assert_equals_full_build

DAYS = [f"2026-01-0{day}" for day in range(1, 5)]
RETIRED_AT = datetime(2026, 2, 2, tzinfo=UTC)
EVERYTHING = ("--exclude-resource-type", "unit_test")
MESSAGES_ALONE = (
    *EVERYTHING,
    *("--select", "+fct_messages", "+delivery_daily", "--indirect-selection", "buildable"),
)
OTHER_KEY = {"MIATEL_RECIPIENT_KEY": "another key of the recipients"}
MESSAGES = """
    select string_agg(mdr.sms_id::varchar, ' ' order by mdr.received_at, mdr.sms_id)
    from marts.fct_messages as messages
    inner join marts.fct_mdr as mdr using (message_key)
    where messages.is_composite
    group by message_key
    order by 1
"""


def part(number: int, at: str, place: int, **fields: Any) -> dict[str, Any]:
    return mdr(number, at, segment_id="37", segment_num=place, segment_total=2) | fields


MESSAGE_DATES = """
    select mdr.sms_id, messages.message_date
    from marts.fct_mdr as mdr
    inner join marts.fct_messages as messages using (message_key)
    order by mdr.sms_id
"""


def retire(lake: Lake, day: str) -> None:
    """What retention does to a day file: no rows any more, and the footer says when."""
    landed, when = open_lake(lake.root), date.fromisoformat(day)
    assert retire_day(landed, when, landed.coverage(when), RETIRED_AT) is not None


def composite(lake: Lake) -> list[str]:
    """The sms ids of each composite message's segments."""
    return [numbers for (numbers,) in lake.query(MESSAGES)]


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    """One reference, used again: to B and C, on the next day and by another account."""
    lake.land(
        DAYS[0],
        [
            part(1, f"{DAYS[0]}T10:00:00", 1),
            part(2, f"{DAYS[0]}T10:00:01", 2),
            part(3, f"{DAYS[0]}T15:00:00", 1, dst_num="6500000002"),
            part(4, f"{DAYS[0]}T15:00:01", 2, dst_num="6500000002", dlr_code=5),
        ],
    )
    lake.land(
        DAYS[1],
        [
            part(5, f"{DAYS[1]}T10:00:00", 1, dst_num="6500000003"),
            part(6, f"{DAYS[1]}T10:00:01", 2, dst_num="6500000003"),
            part(7, f"{DAYS[1]}T10:00:00", 1, username="globex"),
            part(8, f"{DAYS[1]}T10:00:01", 2, username="globex"),
            part(9, f"{DAYS[1]}T00:00:01", 2),
            part(10, f"{DAYS[1]}T11:00:00", 1, segment_id="0", segment_total=None),
            part(11, f"{DAYS[1]}T11:00:01", 2, segment_id="0", segment_total=None),
            part(12, f"{DAYS[1]}T12:00:00", 1, segment_id="0"),
            part(13, f"{DAYS[1]}T12:00:01", 2, segment_id="0"),
            part(14, f"{DAYS[1]}T13:00:00", 1, segment_id=None),
            part(15, f"{DAYS[1]}T13:00:01", 2, segment_id=""),
            part(16, f"{DAYS[1]}T14:00:00", 0, segment_id=None),
        ],
    )
    lake.land(DAYS[2], [mdr(20, f"{DAYS[2]}T10:00:00")])
    lake.build(*EVERYTHING)
    return lake


@pytest.fixture(scope="module")
def with_late_part(built: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The first part of a message that was known by its second, from before midnight."""
    lake = built.copy(tmp_path_factory.mktemp("late") / "lake")
    lake.land(DAYS[0], [*lake.days[DAYS[0]], part(17, f"{DAYS[0]}T23:59:59", 1)], run_id="run-2")
    lake.build(*EVERYTHING)
    return lake


@pytest.fixture(scope="module")
def retired(with_late_part: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The same after retention of the first day."""
    lake = with_late_part.copy(tmp_path_factory.mktemp("retired") / "lake")
    retire(lake, DAYS[0])
    lake.build(*MESSAGES_ALONE)
    return lake


def test_a_reference_that_comes_again_is_another_message(built: Lake) -> None:
    assert composite(built) == ["1 2", "12 13", "14 15", "3 4", "5 6", "7 8", "9"]
    singles = "select count(*) from marts.fct_messages where not is_composite"
    assert built.query(singles) == [(4,)], "10, 11, 16, 20: no reference, or none that counts"
    assert built.query("""
        select mdr_date::varchar, account_name, sum(message_count), sum(failed_message_count)
        from marts.delivery_daily
        group by all
        order by all
    """) == [(DAYS[0], "acme", 2, 1), (DAYS[1], "acme", 7, 0), (DAYS[1], "globex", 1, 0),
             (DAYS[2], "acme", 1, 0)]  # fmt: skip


def test_a_message_has_the_key_of_its_first_segment(built: Lake) -> None:
    assert built.query("""
        select count(*)
        from marts.fct_messages
        inner join marts.fct_mdr as firsts on fct_messages.message_key = firsts.mdr_key
        where firsts.received_at = first_received_at and firsts.segment_number in (0, 1, 2)
    """) == [(10,)]  # fmt: skip


def test_a_late_part_changes_a_key_and_both_messages_follow(
    built: Lake, with_late_part: Lake
) -> None:
    versions = """
        select model_name, output_version
        from state.day_versions
        where mdr_date = ? and model_name in ('int_message_parts', 'fct_mdr', 'fct_messages')
        order by 1
    """
    assert "17 9" in composite(with_late_part)
    ((alone,),) = built.query("select message_key from marts.fct_mdr where sms_id = 9")
    by_key = "select 1 from marts.fct_messages where message_key = ?"
    assert with_late_part.query(by_key, [alone]) == []
    assert with_late_part.query("""
        select message_date::varchar, last_segment_date::varchar, is_complete
        from marts.fct_messages
        where last_segment_date > message_date
    """) == [(DAYS[0], DAYS[1], True)]
    assert_equals_full_build(with_late_part)
    third_day = built.query(versions, [DAYS[2]])
    assert with_late_part.query(versions, [DAYS[2]]) == third_day, "its parts keep their keys"


def test_a_part_that_vanishes_gives_the_rest_its_own_key_again(
    with_late_part: Lake, tmp_path: Path
) -> None:
    lake = with_late_part.copy(tmp_path / "lake")
    lake.land(DAYS[0], lake.days[DAYS[0]][:-1], run_id="run-3")
    lake.build(*EVERYTHING)
    assert {"9", "1 2"} <= set(composite(lake))
    assert_equals_full_build(lake)


def test_after_retention_a_part_keeps_the_key_that_it_had(
    with_late_part: Lake, retired: Lake, tmp_path: Path
) -> None:
    key_of = "select sms_id, message_key from marts.fct_mdr where mdr_date = ? order by sms_id"
    sums = "from intermediate.int_delivery_daily where mdr_date <= ? order by all"
    messages = "select mdr_date, sum(message_count) from marts.delivery_daily group by 1 order by 1"
    keys, counts = with_late_part.query(key_of, [DAYS[1]]), with_late_part.query(messages)
    counted = with_late_part.query(sums, [DAYS[0]])
    assert retired.query("select 1 from marts.fct_mdr where mdr_date = ?", [DAYS[0]]) == []
    assert retired.query(key_of, [DAYS[1]]) == keys
    # a receipt comes for the day after it
    lake = retired.copy(tmp_path / "lake")
    late = [record | {"dlr_code": 5} for record in lake.days[DAYS[1]]]
    lake.land(DAYS[1], late, run_id="run-7")
    lake.build(*MESSAGES_ALONE)
    assert lake.query(key_of, [DAYS[1]]) == keys
    assert lake.query(sums, [DAYS[0]]) == counted
    assert lake.query(messages) == counts


def test_after_retention_another_recipient_key_or_an_erased_number_changes_no_message(
    retired: Lake, tmp_path: Path
) -> None:
    lake = retired.copy(tmp_path / "lake")
    before = lake.query(MESSAGE_DATES)
    erased = [
        record | ({"dst_num": None} if record["sms_hub_sms_id"] in (5, 6, 9) else {})
        for record in lake.days[DAYS[1]]
    ]
    lake.land(DAYS[1], erased, run_id="run-8")
    done = lake.dbt("build", *MESSAGES_ALONE, environment=OTHER_KEY)
    assert done.returncode == 0, done.stdout[-4000:]
    assert lake.query(MESSAGE_DATES) == before
    kept = "select message_key = mdr_key from marts.fct_mdr where mdr_date = ? and sms_id = ?"
    assert lake.query(kept, [DAYS[1], 5]) == [(True,)], "a key under the present recipients' key"


def test_a_part_never_seen_before_begins_a_message_after_a_retired_day(
    retired: Lake, tmp_path: Path
) -> None:
    lake = retired.copy(tmp_path / "lake")
    records = [
        *lake.days[DAYS[1]],
        part(18, f"{DAYS[1]}T00:00:03", 2, src_num="BANK"),  # its first part may be on that day
        part(19, f"{DAYS[1]}T10:00:02", 3, username="globex"),  # beside messages that are known
    ]
    lake.land(DAYS[1], records, run_id="run-9")
    done = lake.dbt("build", *MESSAGES_ALONE, environment=OTHER_KEY)
    assert done.returncode == 0, done.stdout[-4000:]
    assert {"18", "7 8 19"} <= set(composite(lake))
    assert "WARN 1 no_message_begins_after_a_retired_day" in done.stdout
    assert lake.query("""
        select mdr.sms_id
        from intermediate.int_message_parts as parts
        inner join marts.fct_mdr as mdr using (mdr_key)
        where parts.begins_after_retired_day
    """) == [(18,)]
