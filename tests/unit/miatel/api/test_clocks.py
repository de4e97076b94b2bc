"""Whose clock is believed, what a difference of two means, which seconds an answer proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from miatel import ClockError, UnstableAnswerError, Window
from miatel.api.clocks import (
    MOST_DIFFERENCE,
    REPORTED_DIFFERENCE,
    ClockComparison,
    check_stable,
    clock_difference,
    read_server_time,
    stable_until,
)
from miatel.lake.coverage import Coverage
from miatel.limits import ONE_SECOND, STABLE_AFTER

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SPANS = st.timedeltas(timedelta(0), timedelta(days=3))
SHIFTS = st.timedeltas(timedelta(days=-3), timedelta(days=3))


def headers(moment: datetime, **others: str) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict({"date": format_datetime(moment, usegmt=True), **others})


def test_the_date_of_an_answer_is_the_servers_time() -> None:
    assert read_server_time(headers(NOON)) == NOON
    assert read_server_time(headers(NOON, Age="0")) is None
    assert read_server_time(headers(NOON, age="86400")) is None


@pytest.mark.parametrize(
    "value",
    ["Monday, 05-Jan-26 12:00:00 GMT", "Mon Jan  5 12:00:00 2026", "Mon Jan 05 12:00:00 2026"],
)
def test_the_two_old_forms_of_http_are_dates_too(value: str) -> None:
    """Otherwise the host's own clock would be the judge though the server tells its time."""
    date = CaseInsensitiveDict({"Date": value})
    assert read_server_time(date) == NOON
    fast = NOON + MOST_DIFFERENCE + 5 * SECOND
    with pytest.raises(ClockError):
        ClockComparison().judge(date, fast, fast, "asked")


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "Monday, 05-Jan-26 12:00:00 MSK", "Mon Feb 31 12:00:00 2026",
     "2026-01-05T12:00:00Z", "Mon, 05 Jan 2026 12:00:00", "Thu, 01 Jan 1970",
     "Mon, 05 Jan 2026 12:00:00 +0300", "Mon, 05 Jan 2026 12:00:00 MSK", "1767614400",
     "Mon, 31 Feb 2026 12:00:00 GMT", "Mon, 05 Jan 2026 25:00:00 GMT",
     "Mon, 05 Jan 2026 12:00:00 GMT, Mon, 05 Jan 2026 12:00:01 GMT"],
)  # fmt: skip
def test_what_is_no_date_in_gmt_is_none(value: str) -> None:
    assert read_server_time({"Date": value}) is None


@given(SPANS, SPANS)
def test_a_right_clock_never_differs_however_long_the_answer_takes(
    before: timedelta, after: timedelta
) -> None:
    """The Date is cut to a second, of the request's arrival or of the answer's begin."""
    said = NOON + before
    assert clock_difference(NOON, said + after, said.replace(microsecond=0)) == timedelta(0)


@given(SPANS, SHIFTS)
def test_a_difference_is_never_told_larger_than_it_is(took: timedelta, ahead: timedelta) -> None:
    sent, received = NOON + ahead, NOON + took + ahead
    for said in (NOON, NOON + took):
        found = clock_difference(sent, received, said.replace(microsecond=0))
        assert abs(found) <= abs(ahead) + ONE_SECOND
        assert not found or (found > timedelta(0)) == (ahead > timedelta(0))
    if not took:
        assert abs(found) >= abs(ahead) - ONE_SECOND


def judge(ahead: timedelta, comparison: ClockComparison | None = None) -> ClockComparison:
    comparison = comparison or ClockComparison()
    own = NOON + ahead
    assert comparison.judge(headers(NOON), own, own, "asked") == (NOON, "server")
    return comparison


@pytest.mark.parametrize("sign", [1, -1])
def test_small_differences_are_silent_larger_ones_told_once_and_a_minute_is_an_error(
    sign: int,
) -> None:
    assert judge(sign * (REPORTED_DIFFERENCE - SECOND)).notes == []
    comparison = judge(sign * (REPORTED_DIFFERENCE + 2 * SECOND))
    judge(sign * (MOST_DIFFERENCE - SECOND), comparison)
    (note,) = comparison.notes
    assert ("ahead of" if sign > 0 else "behind") in note
    with pytest.raises(ClockError) as caught:
        judge(sign * (MOST_DIFFERENCE + 2 * SECOND), comparison)
    assert "2026-01-05T12:00:00Z" in str(caught.value)
    assert f"{NOON + sign * (MOST_DIFFERENCE + 2 * SECOND):%H:%M:%SZ}" in str(caught.value)
    assert "Set this host's clock right" in str(caught.value)


def test_without_a_date_our_own_clock_is_said_to_be_the_judge_once() -> None:
    comparison = ClockComparison()
    for _ in range(3):
        assert comparison.judge({}, NOON, NOON + SECOND, "asked") == (NOON, "own")
    (note,) = comparison.notes
    assert "this host's clock alone" in note
    assert comparison.server_now(NOON) is None


@given(SHIFTS)
def test_what_is_stable_is_judged_by_the_earlier_clock(ahead: timedelta) -> None:
    own, server = NOON + ahead, NOON
    until = stable_until(own, server)
    assert until <= min(own, server) - STABLE_AFTER < until + ONE_SECOND
    assert stable_until(own) <= own - STABLE_AFTER


def test_an_answer_proves_only_seconds_that_were_old_enough_when_it_was_given() -> None:
    window = Window(NOON - timedelta(hours=1), NOON)
    check_stable(window, NOON + STABLE_AFTER, "server")
    check_stable(window, NOON - timedelta(hours=3), "own")  # judged before anything was asked
    with pytest.raises(UnstableAnswerError) as caught:
        check_stable(window, NOON + STABLE_AFTER - 20 * SECOND, "server")
    assert caught.value.retry_after_seconds == 20


def test_coverage_of_seconds_that_had_not_happened_is_none() -> None:
    window = Window(NOON - timedelta(hours=1), NOON)
    entry = Coverage(window, 0, "ab" * 32, NOON, "run", window, 0, NOON, "server")
    assert entry.proven_part == window
    early = replace(entry, answered_at=NOON - timedelta(minutes=10, microseconds=-5))
    assert early.proven_part == Window(window.start, NOON - timedelta(minutes=10))
    assert replace(early, answered_at=window.start).proven_part is None
    assert replace(early, clock="own").proven_part == window
    assert replace(early, clock="unknown").proven_part == window
