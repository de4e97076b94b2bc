"""What a truncated answer tells: which records it holds, and where a burst was going on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from miatel.planning.burst import find_burst
from miatel.planning.forecast import TrafficModel
from miatel.planning.truncation import Overflow, tell_kept
from miatel.windows import Window
from tests.support.vendor_model import KEEPS

START = datetime(2026, 1, 5, tzinfo=UTC)
T0 = int(START.timestamp())
DAY, HOUR = 86_400, 3_600
CAP = 1_000
EVERY_MINUTE = np.arange(T0, T0 + 60 * DAY, 60)


def stretch(first: int, last: int) -> Window:
    return Window(START + timedelta(seconds=first), START + timedelta(seconds=last))


def inside(window: Window, times: np.ndarray) -> np.ndarray:
    bounds = window.start.timestamp(), window.end.timestamp()
    return times[(times >= bounds[0]) & (times < bounds[1])]


def learned() -> TrafficModel:
    model = TrafficModel()
    for day in range(14):
        window = stretch(day * DAY, (day + 1) * DAY)
        model.observe(window, inside(window, EVERY_MINUTE))
    return model


@pytest.mark.parametrize("model", [TrafficModel(), learned()], ids=["nothing known", "two weeks"])
@pytest.mark.parametrize("keeps", ["first", "last"])
def test_an_end_of_the_window_left_out_tells_which_records_came(
    keeps: str, model: TrafficModel
) -> None:
    window = stretch(14 * DAY, 15 * DAY)
    times = KEEPS[keeps](inside(window, EVERY_MINUTE), CAP)
    assert tell_kept(window, times, model) == keeps


def test_records_thinner_than_expected_all_over_the_window_are_a_sample() -> None:
    window = stretch(14 * DAY, 15 * DAY)
    burst = T0 + 14 * DAY + 9 * HOUR + np.arange(3_000) // 10
    times = np.sort(np.concatenate([inside(window, EVERY_MINUTE), burst]))
    assert tell_kept(window, np.sort(KEEPS["sample"](times, CAP)), learned()) == "sample"


def test_a_small_excess_does_not_tell_which_records_came() -> None:
    window = stretch(14 * DAY, 14 * DAY + 1_010 * 60)
    assert tell_kept(window, KEEPS["first"](inside(window, EVERY_MINUTE), CAP), learned()) is None


def test_what_a_sampled_record_stands_for_is_learned_from_counted_parts() -> None:
    window = stretch(0, 10 * DAY)
    times = inside(window, EVERY_MINUTE)
    overflow = Overflow(window, KEEPS["even"](times, CAP), "sample", factor=32.0)
    part = stretch(HOUR, 2 * DAY)
    overflow.learn(part, len(inside(part, EVERY_MINUTE)))
    assert overflow.factor == pytest.approx(len(times) / CAP, rel=0.02)
    assert overflow.is_proven
    beyond = stretch(9 * DAY, 20 * DAY)  # holds records of which the sample knows nothing
    overflow.learn(beyond, len(inside(beyond, EVERY_MINUTE)))
    assert overflow.factor == pytest.approx(len(times) / CAP, rel=0.02)


@pytest.mark.parametrize("goes_on", [True, False], ids=["at its end", "at its beginning"])
def test_a_burst_at_an_end_is_expected_to_last_as_long_again(goes_on: bool) -> None:
    calm, dense = np.arange(0, 20_000, 20), np.arange(3_000) // 10
    times = T0 + np.concatenate([calm, 20_000 + dense] if goes_on else [dense, 300 + calm])
    burst = find_burst(times, 1 / 20, goes_on=goes_on)
    assert burst is not None
    assert burst.end - burst.start == pytest.approx(300, rel=0.05)
    assert burst.rate == pytest.approx(10, rel=0.05)
    assert (burst.start if goes_on else burst.end - 1) == times[-1 if goes_on else 0]
    assert find_burst(times, 1 / 20, goes_on=not goes_on) is None
