"""How full windows aim to be, by how far the predictions of the last ones were wrong."""

from __future__ import annotations

import pytest

from miatel.planning.fill import Fill

MANY = 100


def fill_after(excesses: list[float]) -> float:
    fill = Fill()
    for excess in excesses:
        fill.learn(excess)
    return fill.best


def test_as_full_as_can_be_where_predictions_hold() -> None:
    assert fill_after([0.0] * MANY) == pytest.approx(0.95)


def test_what_happens_often_and_is_small_is_left_room_for() -> None:
    best = fill_after([0.0, 0.0, 0.08] * MANY)
    assert best == pytest.approx(0.92)


def test_no_room_for_campaigns_that_would_not_fit_anyhow() -> None:
    assert fill_after([0.0, 0.0, 0.0, 1.5] * MANY) == pytest.approx(0.95)


def test_no_room_for_what_is_rarer_than_the_room_is_dear() -> None:
    assert fill_after([*([0.0] * 39), 0.3] * 3) == pytest.approx(0.95)


def test_what_is_long_ago_is_forgotten() -> None:
    assert fill_after([0.2] * MANY) < 0.85
    assert fill_after([0.2] * MANY + [0.0] * MANY) == pytest.approx(0.95)


def test_careful_while_little_is_known() -> None:
    assert 0.85 < Fill().best < 0.95
