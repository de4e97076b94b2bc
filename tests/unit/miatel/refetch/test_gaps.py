"""Which gaps a daily run asks for, whatever the history looks like."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import LakeError, Window, day_window, open_lake
from miatel.lake.coverage import Coverage
from miatel.lake.failed_gaps import (
    FAILED_GAPS_FILE,
    FAILED_GAPS_SCHEMA,
    FailedGap,
    read_failed_gaps,
    update_failed_gaps,
)
from miatel.lake.landed_days import LandedDay, LandedDays
from miatel.refetch.gaps import LONGEST_HOLE, MOST_DAYS, find_gaps
from miatel.windows import merge_windows, subtract_windows
from tests.support.raw_rows import REQUESTED_AT, at, between

DAY = 86_400
NOW = at(400 * DAY)
DAYS = st.dictionaries(
    st.integers(0, 300),
    st.sampled_from(["whole", "morning", "evening", "retired", "unreadable"]),
    max_size=40,
)
FAILURES = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.integers(1, 3 * DAY),
        st.sampled_from(["ServerFailedError", "WindowTooDenseError"]),
        st.integers(0, 20),
    ),
    max_size=6,
)


def landed(kinds: dict[int, str]) -> LandedDays:
    days: dict[date, LandedDay] = {}
    unreadable: dict[date, LakeError] = {}
    for number, kind in sorted(kinds.items()):
        day = at(number * DAY).date()
        if kind == "unreadable":
            unreadable[day] = LakeError("damaged")
            continue
        whole = day_window(day)
        morning, evening = whole.split_at(whole.start + timedelta(hours=12))
        share = {"whole": whole, "morning": morning, "evening": evening, "retired": morning}[kind]
        entry = Coverage(share, 1, "0" * 64, REQUESTED_AT, "run", share, 1)
        days[day] = LandedDay(day, [entry], kind == "retired")
    return LandedDays(days, unreadable)


def failure(start: int, seconds: int, error: str, days_ago: int) -> FailedGap:
    window = between(start * DAY, start * DAY + (1 if "Dense" in error else seconds))
    return FailedGap(window, "why", error, NOW - timedelta(days=days_ago), "run")


@given(DAYS, FAILURES, st.integers(0, 310 * DAY))
def test_a_run_asks_for_the_oldest_seconds_that_are_missing_and_for_nothing_else(
    kinds: dict[int, str], failures: list[tuple[int, int, str, int]], until: int
) -> None:
    history = landed(kinds)
    failed = [failure(*facts) for facts in failures]
    gaps = find_gaps(history, at(until), failed, NOW)

    first = history.first_second
    period = [Window(first, at(until))] if first and first < at(until) else []
    unreadable = [day_window(day) for day in history.unreadable]
    missing = subtract_windows(period, [*history.covered, *unreadable])
    assert gaps.missing == missing

    asked = gaps.to_ask
    assert asked == merge_windows(asked)
    assert subtract_windows(asked, missing) == []
    assert sum((window.length for window in asked), timedelta()) <= MOST_DAYS
    assert all(hole.length > LONGEST_HOLE for hole in gaps.too_long)

    recent = [g.window for g in failed if "Dense" in g.error or NOW - g.failed_at < timedelta(7)]
    due = subtract_windows(missing, [*gaps.too_long, *recent])
    left = subtract_windows(due, asked)
    assert subtract_windows(asked, due) == []
    if left:
        assert all(window.end <= left[0].start for window in asked), "oldest first"
        length = sum((window.length for window in asked), timedelta())
        assert length > MOST_DAYS - timedelta(days=1)


def test_failures_are_kept_until_their_seconds_are_landed(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    assert read_failed_gaps(lake) == []
    assert update_failed_gaps(lake, [], [between(0, DAY)]) == []
    assert not (tmp_path / FAILED_GAPS_FILE).exists(), "nothing failed: no file"
    first, second = failure(1, 100, "ServerFailedError", 3), failure(5, 50, "LakeError", 2)
    assert update_failed_gaps(lake, [second, first], []) == [first, second]
    assert read_failed_gaps(lake) == [first, second]
    assert pq.read_table(tmp_path / FAILED_GAPS_FILE).schema.equals(FAILED_GAPS_SCHEMA)

    now = update_failed_gaps(lake, [], [between(DAY + 10, DAY + 90), second.window])
    assert [gap.window for gap in now] == [between(DAY, DAY + 10), between(DAY + 90, DAY + 100)]
    assert {gap.failed_at for gap in now} == {first.failed_at}
    assert update_failed_gaps(lake, [], [between(0, 2 * DAY)]) == []
    assert read_failed_gaps(lake) == []


def test_a_second_failure_takes_the_place_of_the_first(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    update_failed_gaps(lake, [failure(1, 100, "ServerFailedError", 9)], [])
    again = failure(1, 100, "BrokenAnswerError", 1)
    assert update_failed_gaps(lake, [again], []) == [again]


def test_a_list_that_cannot_be_read_is_told_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lake = open_lake(tmp_path)
    path = tmp_path / FAILED_GAPS_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no Parquet")
    assert read_failed_gaps(lake) == []
    assert FAILED_GAPS_FILE in caplog.text
    gap = failure(1, 100, "ServerFailedError", 9)
    assert update_failed_gaps(lake, [gap], []) == [gap]
    assert read_failed_gaps(lake) == [gap]


@pytest.mark.parametrize(
    ("hours", "is_put_off"), [(0, True), (24, True), (6 * 24, True), (7 * 24, False), (200, False)]
)
def test_a_gap_rests_for_a_week(hours: int, is_put_off: bool) -> None:
    gap = failure(1, 100, "ServerFailedError", 0)
    assert gap.is_put_off(NOW + timedelta(hours=hours)) is is_put_off
    # A daily run begins some minutes earlier than a week before.
    assert gap.is_put_off(NOW + timedelta(hours=hours, minutes=-9)) is is_put_off
    assert failure(1, 1, "WindowTooDenseError", 0).is_put_off(NOW + timedelta(days=99))
