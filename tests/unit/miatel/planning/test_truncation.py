"""What a truncated answer tells: which records it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from miatel import Window
from miatel.planning.forecast import TrafficModel
from miatel.planning.truncation import Sample, infer_held
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
    assert infer_held(window, times, model) == keeps


def test_records_thinner_than_expected_all_over_the_window_are_a_sample() -> None:
    window = stretch(14 * DAY, 15 * DAY)
    burst = T0 + 14 * DAY + 9 * HOUR + np.arange(3_000) // 10
    times = np.sort(np.concatenate([inside(window, EVERY_MINUTE), burst]))
    assert infer_held(window, np.sort(KEEPS["sample"](times, CAP)), learned()) == "sample"


def test_a_small_excess_does_not_tell_which_records_came() -> None:
    window = stretch(14 * DAY, 14 * DAY + 1_010 * 60)
    assert infer_held(window, KEEPS["first"](inside(window, EVERY_MINUTE), CAP), learned()) is None


def test_what_a_sampled_record_stands_for_is_learned_from_counted_parts() -> None:
    window = stretch(0, 10 * DAY)
    times = inside(window, EVERY_MINUTE)
    sample = Sample(window, KEEPS["even"](times, CAP), factor=32.0)
    part = stretch(HOUR, 2 * DAY)
    sample.learn(part, len(inside(part, EVERY_MINUTE)))
    assert sample.factor == pytest.approx(len(times) / CAP, rel=0.02)
    assert sample.is_proven
    beyond = stretch(9 * DAY, 20 * DAY)  # holds records of which the sample knows nothing
    sample.learn(beyond, len(inside(beyond, EVERY_MINUTE)))
    assert sample.factor == pytest.approx(len(times) / CAP, rel=0.02)
