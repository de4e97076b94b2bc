"""The day from which a rate is lower."""

from datetime import date, timedelta

import numpy as np
import pytest

from miatel_dashboard.since import find_fall

START = date(2026, 1, 1)


def days(rates, count=1000):
    random = np.random.default_rng(3)
    return [
        (START + timedelta(days=at), count, int(random.binomial(count, rate)))
        for at, rate in enumerate(rates)
    ]


@pytest.mark.parametrize("at", [5, 40, 90])
def test_a_fall_is_dated_by_its_day(at):
    fall = find_fall(days([0.95] * at + [0.7] * (100 - at)))
    assert fall.since_date == START + timedelta(days=at)
    assert (fall.before, fall.after) == (
        pytest.approx(0.95, abs=0.01),
        pytest.approx(0.7, abs=0.01),
    )


def test_a_rate_that_only_wavers_has_no_such_day():
    assert find_fall(days(0.9 + 0.03 * np.sin(np.arange(120)))) is None


def test_a_rise_is_no_fall():
    assert find_fall(days([0.7] * 50 + [0.95] * 50)) is None


def test_days_without_messages_do_not_count():
    traffic = days([0.95] * 20 + [0.6] * 20)
    traffic[10] = (traffic[10][0], 0, 0)
    assert find_fall(traffic).since_date == START + timedelta(days=20)


def test_a_few_days_tell_nothing():
    assert find_fall(days([0.9, 0.9, 0.5, 0.5])) is None
