"""An erased number is in no raw row, whatever its spelling, and landing keeps it out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import (
    ErasedNumbersError,
    Lake,
    RecipientKey,
    RetiredDayError,
    SuspectShrinkError,
    Window,
    day_window,
    erase_number,
    open_lake,
    retire_day,
)
from miatel.lake.coverage import COVERAGE_KEY
from miatel.lake.lake import day_file
from miatel.lake.landed_days import read_landed_days
from miatel.lake.sink import LakeSink
from miatel.phone_numbers import DIGITS_OF_SCRIPTS, plain_number
from miatel.privacy.erased_numbers import (
    ERASED_FILE,
    ErasedNumbers,
    clearing_of,
    read_erased_numbers,
)
from tests.support.examples import examples
from tests.support.raw_rows import MIDNIGHT, REQUESTED_AT, accepted, at, between, raw_rows

KEY = RecipientKey("a key of the tests, not short")
NUMBER = "6581231223"
ERASED = ErasedNumbers(KEY, frozenset({KEY.erased_mark(NUMBER)}))
DAY = MIDNIGHT.date()
NOW = datetime.fromisoformat("2026-05-01T00:00:00.000001+00:00")
SPELLINGS = [
    NUMBER, "+6581231223", "0065 8123 1223", "+65 (8123) 1223", "65-8123.1223", "65\u00a081231223",
    "65\u20118123\u20111223", "65\u202f8123\u202f1223", "6581\u200b231223", "65\n8123\r\n1223",
    "\uff16\uff15\uff18\uff11\uff12\uff13\uff11\uff12\uff12\uff13", "65/8123/1223", "65_8123_1223",
    "\u0666\u0665\u0668\u0661\u0662\u0663\u0661\u0662\u0662\u0663", "65 \U0001d7d6123 1223",
    "65, 8123 and 1223",
]  # fmt: skip
DIGITS = {str(digit): [str(digit), *DIGITS_OF_SCRIPTS[digit::10]] for digit in range(10)}
BETWEEN = st.text(
    st.characters(exclude_categories=["Nd", "Cs"], exclude_characters=DIGITS_OF_SCRIPTS)
    | st.sampled_from("\u2011\u202f\u200b\n -x"),
    max_size=3,
)
OTHERS = ["6581231224", "165812312233", "16581231223", "658123122", "6581231223000"]


def sms(number: int, second: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": at(second),
        "dst_num": "4477009001", "src_num": "SHOP", "message_body": "hello", "dlr_code": 2,
    } | more  # fmt: skip


def cleared(**more: Any) -> dict[str, Any]:
    before = sms(1, **more)
    table, changed = ERASED.clear(raw_rows([before]))
    ((after),) = table.to_pylist()
    different = {name: value for name, value in after.items() if value != before.get(name)}
    assert changed == bool(different)
    assert ERASED.clear(table)[1] == 0, "once is enough"
    return different


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_row_to_or_from_the_number_loses_it_and_its_text(spelling: str) -> None:
    assert cleared(dst_num=spelling) == {"dst_num": None, "message_body": None}
    assert cleared(src_num=spelling) == {"src_num": None, "message_body": None}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("text", ["{}", "call {}.", "Tel:{}, 12 May", "on 1 May {} or 4477009001"])
def test_a_text_that_names_the_number_goes_whoever_got_it(spelling: str, text: str) -> None:
    assert cleared(message_body=text.format(spelling)) == {"message_body": None}


@pytest.mark.parametrize("other", OTHERS)
def test_a_longer_or_shorter_number_is_somebody_elses(other: str) -> None:
    assert cleared(dst_num=other, message_body=f"call {other}") == {}


def spelled(draw: st.DrawFn, number: str) -> str:
    """A number in any digits, with anything that is no digit between them."""
    parts = []
    for digit in number:
        parts += [draw(BETWEEN), draw(st.sampled_from(DIGITS[digit]))]
    return "".join([*parts, draw(BETWEEN)])


@examples(40)
@given(st.data())
def test_the_number_is_found_however_it_is_spelled(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from([NUMBER, f"00{NUMBER}"]))
    text = spelled(data.draw, number)
    assert KEY.hash(text) == KEY.hash(NUMBER)
    numbers, ids = ["dst_num", "src_num", "message_body"], ["message_id", "segment_id", "username"]
    changed = cleared(**dict.fromkeys([*numbers, *ids], text), extra=json.dumps({"to": text}))
    assert [changed[name] for name in (*numbers, "extra")] == [None] * 4
    assert all(changed[name].startswith("erased:") for name in ids)
    assert cleared(extra=json.dumps({"to": text}, ensure_ascii=False)) == {"extra": None}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("place", range(0, 60, 7))
def test_another_number_is_not_found_in_any_script(other: str, place: int) -> None:
    text = "".join(DIGITS[digit][place] for digit in other)
    assert KEY.hash(text) == KEY.hash(other)
    assert cleared(dst_num=text, message_body=text, message_id=text) == {}


def test_a_list_that_knows_how_long_its_numbers_are_finds_the_same() -> None:
    knowing = ErasedNumbers(KEY, ERASED.marks, frozenset({len(NUMBER)}))
    for text in [*SPELLINGS, *OTHERS, "call 00 65 8123 1223 or 1", "165 8123 1223", ""]:
        assert knowing.holds(text) == ERASED.holds(text)


def test_the_tokens_of_ids_are_those_of_version_0_1_0() -> None:
    """So that what was cleared then and what is cleared now is one record."""
    assert KEY.erased_token("mid-6581231223") == "erased:8a1810a5569c734c967c662c031c1e56"


def test_extra_loses_the_values_that_hold_it_and_keeps_the_others() -> None:
    extra = {"to": [{"msisdn": NUMBER}], "n": int(NUMBER), "campaign": "spring", "id": 7, NUMBER: 1}
    kept = '{"campaign":"spring","id":7}'
    assert cleared(extra=json.dumps(extra)) == {"extra": kept}
    assert cleared(extra=json.dumps({"to": f"+{NUMBER}"})) == {"extra": None}
    assert cleared(extra='{"to": "4477009001"}') == {}


def test_ids_that_contain_it_stay_apart_and_together() -> None:
    rows = [
        sms(1, segment_id=f"{NUMBER}-1"),
        sms(2, segment_id=f"{NUMBER}-1"),
        sms(3, segment_id=f"{NUMBER}-2"),
    ]
    ids = ERASED.clear(raw_rows(rows))[0]["segment_id"].to_pylist()
    assert ids[0] == ids[1] != ids[2]
    assert not any(NUMBER in text for text in ids)


@given(st.text("0123456789 +-().a", max_size=40))
def test_a_value_that_is_the_number_is_always_found(text: str) -> None:
    if plain_number(text) == NUMBER:
        assert ERASED.holds(text)
    for number in (NUMBER, "00" + NUMBER):
        assert ERASED.holds(f"{text}a{number}a{text}")


def sink_of(lake: Lake, key: RecipientKey | None = KEY, **options: Any) -> LakeSink:
    return LakeSink(lake, "run", find_clearing=lambda: clearing_of(lake, key), **options)


def land(
    lake: Lake,
    *answers: Any,
    allow_shrink: bool = False,
    reload: bool = False,
    key: RecipientKey | None = KEY,
) -> None:
    sink = sink_of(lake, key, allow_shrink=allow_shrink, reload=reload)
    for answer in answers:
        sink.add(answer)
    sink.finish_days([])
    if sink.suspects:
        raise sink.suspects[0]


def landed(lake: Lake) -> list[dict[str, Any]]:
    file = lake.open_parquet(day_file(DAY))
    assert file is not None
    with file:
        return file.read().to_pylist()


def metadata(lake: Lake) -> dict[bytes, bytes]:
    file = lake.open_parquet(day_file(DAY))
    assert file is not None
    with file:
        return dict(file.metadata.metadata)


def test_rows_and_coverage_stay_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(0, 60), [sms(1, 1, dst_num=SPELLINGS[3]), sms(2, 2), sms(3, 3)]))
    coverage = lake.coverage(DAY)
    before = metadata(lake)
    done = erase_number(lake, KEY, SPELLINGS[1], NOW)
    assert (done.files, done.changed_files, done.rows) == (1, 1, 1)
    assert [row["dst_num"] for row in landed(lake)] == [None, "4477009001", "4477009001"]
    assert lake.coverage(DAY) == coverage
    # whoever compares footers must see a change, even where the file's size is the same
    assert metadata(lake) != before
    content = (tmp_path / day_file(DAY)).read_bytes()
    assert read_erased_numbers(lake, KEY).lengths == {len(NUMBER)}
    again = erase_number(lake, KEY, NUMBER, NOW)
    assert (again.files, again.changed_files, again.rows) == (1, 0, 0)
    assert (tmp_path / day_file(DAY)).read_bytes() == content
    assert NUMBER not in (tmp_path / ERASED_FILE).read_text()


def test_landing_keeps_an_erased_number_out(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    whole = between(0, 60)
    rows = [sms(1, 1, dst_num=NUMBER), sms(2, 2)]
    sink = sink_of(lake)
    sink.add(accepted(whole, rows))  # under way while the number is erased
    erase_number(lake, KEY, NUMBER, NOW)
    sink.finish_days([])
    assert [row["dst_num"] for row in landed(lake)] == [None, "4477009001"]
    content = landed(lake)
    land(lake, accepted(whole, rows, NOW))  # and when it is asked for again
    assert landed(lake) == content
    assert [entry.rows for entry in lake.coverage(DAY)] == [2]
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("key", [None, RecipientKey("another key of the tests")])
def test_without_its_key_the_list_stops_landing(tmp_path: Path, key: RecipientKey | None) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(0, 60), [sms(1, 1, dst_num=NUMBER)]))
    erase_number(lake, KEY, NUMBER, NOW)
    content = landed(lake)
    with pytest.raises(ErasedNumbersError, match="MIATEL_RECIPIENT_KEY"):
        land(lake, accepted(between(0, 60), [sms(1, 1, dst_num=NUMBER)]), key=key)
    with pytest.raises(ErasedNumbersError):
        read_erased_numbers(lake, key)
    assert landed(lake) == content


@pytest.mark.parametrize(
    "text", ["", "12345", "alice", "6581231223 or 6581231224", "1" * 21, "65 8123 x"]
)
def test_what_is_no_number_is_not_erased(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="6 to 20 digits"):
        erase_number(open_lake(tmp_path), KEY, text, NOW)
    assert not (tmp_path / ERASED_FILE).exists()


WHOLE = day_window(DAY)
PART = Window(WHOLE.start, at(3600))


def retired(root: Path) -> Lake:
    lake = open_lake(root)
    land(lake, accepted(PART, [sms(1, 1), sms(2, 2)]))
    assert retire_day(lake, DAY, lake.coverage(DAY), NOW) == 2
    return lake


def test_a_retired_day_has_no_rows_but_its_proof_and_is_not_asked_for(tmp_path: Path) -> None:
    lake = retired(tmp_path)
    assert landed(lake) == []
    assert [(e.window, e.rows, e.requested_at) for e in lake.coverage(DAY)] == [
        (PART, 2, REQUESTED_AT)
    ]
    # not even what it lacked: a part could not be added to sums
    assert read_landed_days(lake, [WHOLE]).covered == [WHOLE]
    assert retire_day(lake, DAY, lake.coverage(DAY), NOW) is None


def test_a_day_that_was_landed_anew_is_not_retired(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(PART, [sms(1, 1)]))
    built_from = lake.coverage(DAY)
    land(lake, accepted(between(10, 20), [], at(90)))
    assert retire_day(lake, DAY, built_from, NOW) is None
    assert len(landed(lake)) == 1


def test_a_retired_day_comes_back_whole_or_not_at_all(tmp_path: Path) -> None:
    lake = retired(tmp_path)
    before = metadata(lake)
    with pytest.raises(RetiredDayError, match="reload"):
        land(lake, accepted(between(0, 60), [sms(1, 1), sms(2, 2)]), reload=True)
    with pytest.raises(RetiredDayError, match="reload"):
        land(lake, accepted(WHOLE, [sms(1, 1), sms(2, 2)]))
    with pytest.raises(SuspectShrinkError, match="2 were landed"):
        land(lake, accepted(WHOLE, [sms(1, 1)]), reload=True)
    assert (landed(lake), metadata(lake)) == ([], before)
    land(lake, accepted(WHOLE, [sms(1, 1), sms(2, 2)]), reload=True)
    assert len(landed(lake)) == 2
    assert set(metadata(lake)) & set(before) >= {COVERAGE_KEY}
    assert retire_day(lake, DAY, lake.coverage(DAY), NOW) == 2


def test_the_vendors_word_may_shrink_a_retired_day_when_allowed(tmp_path: Path) -> None:
    lake = retired(tmp_path)
    land(lake, accepted(WHOLE, [sms(1, 1)]), allow_shrink=True, reload=True)
    assert len(landed(lake)) == 1


OTHER_KEY = RecipientKey("another key of the tests, not short")


def test_after_a_change_of_the_key_a_reload_changes_nothing_else(tmp_path: Path) -> None:
    """As docs/privacy.md says it: the list moved away, the new key, the same numbers again."""
    rows = [
        sms(1, 1, dst_num=NUMBER, message_id=f"to-{NUMBER}"),
        sms(2, 1, dst_num=SPELLINGS[2], message_id="a2"),
        sms(3, 2, message_id="a3", username=f"team-{NUMBER}", dlr_code=1),
        sms(4, 3, message_id="a4", segment_id=f"{NUMBER}-1"),
        {"sms_hub_sms_time": at(4), "dst_num": NUMBER, "src_num": "SHOP", "message_body": "hello"},
        {"sms_hub_sms_time": at(4), "dst_num": NUMBER, "src_num": "SHOP", "message_body": "hello"},
    ]
    lake = open_lake(tmp_path)
    land(lake, accepted(WHOLE, rows))
    erase_number(lake, KEY, NUMBER, NOW)
    before = landed(lake)

    (tmp_path / ERASED_FILE).rename(tmp_path / "old-list")
    erase_number(lake, OTHER_KEY, NUMBER, NOW)
    assert landed(lake) == before
    land(lake, accepted(WHOLE, rows, at(90)), key=OTHER_KEY)
    after = landed(lake)
    assert len(after) == len(before) == len(rows)
    assert len({row["record_key"] for row in after}) == len(rows)
    assert not any(NUMBER in str(value) for row in after for value in row.values())
    assert [row["dst_num"] for row in after] == [row["dst_num"] for row in before]


def test_after_a_change_of_the_key_without_erased_numbers_a_reload_changes_nothing(
    tmp_path: Path,
) -> None:
    rows = [sms(1, 1, dst_num=NUMBER), sms(2, 2)]
    land(open_lake(tmp_path), accepted(WHOLE, rows))
    before = landed(open_lake(tmp_path))
    land(open_lake(tmp_path), accepted(WHOLE, rows, NOW), key=OTHER_KEY)
    assert landed(open_lake(tmp_path)) == before
