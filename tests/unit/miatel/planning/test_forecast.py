"""What past traffic says of the next stretch: never outside of it, and right when it repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miatel import Window
from miatel.planning.constants import BIN_SECONDS
from miatel.planning.forecast import TrafficModel
from tests.support.examples import examples
from tests.support.vendor_model import Seconds

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
T0 = int(START.timestamp())
DAY, HOUR = 86_400, 3_600


def stretch(first: int, last: int) -> Window:
    return Window(START + timedelta(seconds=first), START + timedelta(seconds=last))


def busy_by_day(days: int) -> Seconds:
    """1,000 records an hour from 8 to 20 o'clock, 10 an hour at night."""
    seconds = np.arange(days * DAY)
    is_day = (seconds % DAY >= 8 * HOUR) & (seconds % DAY < 20 * HOUR)
    every = np.where(is_day, HOUR // 1_000, HOUR // 10)
    return T0 + seconds[seconds % every == 0].astype(np.int64)


def learned(days: int) -> TrafficModel:
    model = TrafficModel()
    times = busy_by_day(days)
    for hour in range(days * 24):
        first = T0 + hour * HOUR
        inside = times[(times >= first) & (times < first + HOUR)]
        model.observe(stretch(hour * HOUR, (hour + 1) * HOUR), inside)
    return model


WINDOWS = st.lists(st.tuples(st.integers(1, 5 * DAY), st.integers(0, 500)), min_size=1, max_size=6)


@given(WINDOWS, st.integers(1, 40 * DAY), st.floats(0.5, 1e6))
@examples(40)
def test_a_predicted_end_lies_within_the_stretch(
    seen: list[tuple[int, int]], length: int, target: float
) -> None:
    model = TrafficModel()
    at = 0
    for size, count in seen:
        times = np.sort(T0 + at + np.random.default_rng(count).integers(0, size, count))
        model.observe(stretch(at, at + size), times)
        at += size
    start, stop = T0 + at, T0 + at + length
    end, left = model.reach(start, stop, target)
    assert start <= end <= stop
    assert 0 <= left <= target
    assert end <= model.reach(start, stop, 2 * target)[0]
    assert model.expect(start, end) <= target * 1.001


def test_a_day_like_the_days_before_is_predicted() -> None:
    model = learned(7)
    for hour in (3, 7, 9, 19, 22):
        start, target = T0 + 7 * DAY + hour * HOUR, 3_000
        end, _ = model.reach(start, T0 + 9 * DAY, target)
        times = busy_by_day(9)
        inside = int(((times >= start) & (times < end)).sum())
        assert abs(inside - target) <= 0.1 * target


def test_one_burst_does_not_frighten_the_same_hour_of_later_days() -> None:
    model = learned(8)
    noon = 8 * DAY + 12 * HOUR
    model.observe(stretch(noon, noon + BIN_SECONDS), T0 + np.full(50_000, noon, np.int64))
    calm = learned(8)
    tomorrow = T0 + 9 * DAY + 12 * HOUR
    expected = calm.expect(tomorrow, tomorrow + HOUR)
    assert model.expect(tomorrow, tomorrow + HOUR) <= 1.2 * expected


def test_a_burst_in_the_only_day_known_is_not_expected_again() -> None:
    model = learned(1)  # one record in three seconds at noon
    noon = 12 * HOUR
    model.observe(stretch(noon, noon + BIN_SECONDS), T0 + np.full(50_000, noon, np.int64))
    tomorrow = T0 + DAY + noon
    assert model.expect(tomorrow, tomorrow + BIN_SECONDS) <= 3 * BIN_SECONDS / 3


def test_twice_the_usual_traffic_is_expected_to_go_on() -> None:
    model = learned(7)
    morning = T0 + 7 * DAY + 8 * HOUR + np.repeat(np.arange(0, HOUR, 3), 2)
    usual = model.expect(T0 + 7 * DAY + 10 * HOUR, T0 + 7 * DAY + 11 * HOUR)
    model.observe(stretch(7 * DAY + 8 * HOUR, 7 * DAY + 9 * HOUR), morning)
    assert model.expect(T0 + 7 * DAY + 10 * HOUR, T0 + 7 * DAY + 11 * HOUR) >= 1.7 * usual


def test_after_an_empty_stretch_all_that_is_left_is_asked_for() -> None:
    model = TrafficModel()
    assert model.knows_nothing
    model.observe(stretch(0, DAY), np.zeros(0, np.int64))
    assert not model.knows_nothing
    assert model.reach(T0 + DAY, T0 + 30 * DAY, 10) == (T0 + 30 * DAY, 10)


def test_footers_alone_tell_of_past_traffic() -> None:
    model = TrafficModel()
    times = busy_by_day(7)
    for hour in range(7 * 24):
        first = T0 + hour * HOUR
        count = int(((times >= first) & (times < first + HOUR)).sum())
        model.remember(stretch(hour * HOUR, (hour + 1) * HOUR), count)
    assert model.knows_day_before(T0 + 7 * DAY)
    assert not model.knows_day_before(T0 + 60 * DAY)
