"""Windows tile any interval exactly: no second twice, none left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import BadPeriodError, Window, day_window, parse_time
from miatel.windows import merge_windows, subtract_windows

EPOCH = datetime(2026, 2, 27, 23, 59, 30, tzinfo=UTC)
SECONDS = st.integers(0, 120)


def window(first: int, last: int) -> Window:
    return Window(EPOCH + timedelta(seconds=first), EPOCH + timedelta(seconds=last))


WINDOWS = st.lists(
    st.tuples(SECONDS, SECONDS).filter(lambda b: b[0] < b[1]).map(lambda b: window(*b)), max_size=8
)


def seconds_of(windows: list[Window]) -> list[int]:
    """Each second as often as a window holds it, in the windows' order."""
    return [
        second
        for w in windows
        for second in range(
            int((w.start - EPOCH).total_seconds()), int((w.end - EPOCH).total_seconds())
        )
    ]


def assert_disjoint_apart_and_in_order(windows: list[Window]) -> None:
    for before, after in pairwise(windows):
        assert before.end < after.start


@given(WINDOWS)
def test_merged_windows_hold_the_same_seconds_once(windows: list[Window]) -> None:
    merged = merge_windows(windows)
    assert seconds_of(merged) == sorted(set(seconds_of(windows)))
    assert_disjoint_apart_and_in_order(merged)


@given(WINDOWS, WINDOWS)
def test_what_is_left_and_what_is_covered_tile_what_is_wanted(
    wanted: list[Window], covered: list[Window]
) -> None:
    left = subtract_windows(wanted, covered)
    expected = sorted(set(seconds_of(wanted)) - set(seconds_of(covered)))
    assert seconds_of(left) == expected
    assert_disjoint_apart_and_in_order(left)


@given(SECONDS, st.integers(1, 50), st.integers(1, 50))
def test_a_split_window_is_tiled_by_its_halves(start: int, before: int, after: int) -> None:
    whole = window(start, start + before + after)
    halves = whole.split_at(EPOCH + timedelta(seconds=start + before))
    assert seconds_of(list(halves)) == seconds_of([whole])
    assert sum(half.seconds for half in halves) == whole.seconds


@given(WINDOWS.filter(bool), SECONDS)
def test_a_split_outside_of_the_window_is_refused(windows: list[Window], second: int) -> None:
    moment = EPOCH + timedelta(seconds=second)
    for w in windows:
        if not w.start < moment < w.end:
            with pytest.raises(BadPeriodError):
                w.split_at(moment)


@given(WINDOWS, WINDOWS)
def test_an_intersection_holds_the_seconds_of_both(a: list[Window], b: list[Window]) -> None:
    for one in a:
        for other in b:
            both = one.intersect(other)
            common = set(seconds_of([one])) & set(seconds_of([other]))
            assert set(seconds_of([both] if both else [])) == common


@given(st.integers(-(10**6), 10**6), st.integers(1, 40 * 86_400))
def test_the_days_of_a_window_tile_it(first: int, length: int) -> None:
    whole = window(first, first + length)
    shares = [whole.intersect(day_window(day)) for day in whole.days()]
    assert None not in shares
    assert merge_windows(shares) == [whole]
    assert sum(share.seconds for share in shares) == whole.seconds
    assert all(share.start.date() == (share.end - timedelta(seconds=1)).date() for share in shares)


def test_the_wire_end_is_the_last_second_because_the_api_includes_it() -> None:
    assert day_window(date(2023, 7, 25)).wire_bounds == (
        "2023-07-25T00:00:00",
        "2023-07-25T23:59:59",
    )
    one_second = window(0, 1).wire_bounds
    assert one_second == ("2026-02-27T23:59:30", "2026-02-27T23:59:30")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (EPOCH, EPOCH),
        (EPOCH, EPOCH - timedelta(seconds=1)),
        (EPOCH.replace(tzinfo=None), EPOCH),
        (EPOCH, (EPOCH + timedelta(days=1)).replace(tzinfo=None)),
        (EPOCH.replace(microsecond=1), EPOCH + timedelta(days=1)),
        (EPOCH.astimezone(timezone(timedelta(hours=1))), EPOCH + timedelta(days=1)),
    ],
)
def test_a_window_that_is_none_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(BadPeriodError):
        Window(start, end)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        (" 2026-01-31 ", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:01", datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC)),
        ("2026-01-31T12:00:01Z", datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC)),
        ("2026-01-31 12:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        (date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC)),
        (EPOCH.astimezone(timezone(timedelta(hours=-7))), EPOCH),
        (EPOCH.replace(tzinfo=None), EPOCH),
    ],
)
def test_times_are_gmt_unless_they_say_otherwise(value: str | date, expected: datetime) -> None:
    parsed = parse_time(value)
    assert parsed == expected
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2026-13-01", "2026-02-29", "31.01.2026", "2026-01-31T25:00:00", "1767225600",
     "2026-01-31T12:00:00.5", "2026-01-31T12:00:00.5Z", EPOCH.replace(microsecond=5)],
)  # fmt: skip
def test_what_is_no_whole_second_is_refused(value: str | datetime) -> None:
    with pytest.raises(BadPeriodError):
        parse_time(value)
