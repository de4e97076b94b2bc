"""Windows leave room for the small bursts that each of them is likely to hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from miatel import Window
from miatel.planning.planner import WindowPlanner
from miatel.planning.small_bursts import SmallBursts
from tests.support.vendor_model import KEEPS, Seconds, walk_through

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86_400
CAP = 10_000
SLICES = 16


def window_with(*bursts: int) -> tuple[np.ndarray, np.ndarray]:
    """A full window's usual records, and those that it held: bursts in slices of their own."""
    usual = np.full(SLICES, CAP / SLICES)
    counts = usual.copy()
    counts[: len(bursts)] += bursts
    return usual, counts


def learned(*windows: tuple[int, ...]) -> SmallBursts:
    seen = SmallBursts()
    for bursts in windows:
        seen.learn(*window_with(*bursts))
    return seen


def test_nothing_is_left_free_without_bursts() -> None:
    assert SmallBursts().room(CAP) == 0
    assert learned((), (), ()).room(CAP) == 0


def test_room_is_left_for_the_mean_of_what_bursts_bring_and_some_of_its_spread() -> None:
    room = learned((300, 300), (300,), (300, 300, 300)).room(CAP)
    assert 600 < room <= 600 + 1.5 * 700


def test_a_burst_in_one_window_of_many_leaves_no_window_with_free_room() -> None:
    assert learned(*[()] * 9, (1_500,)).room(CAP) == 0


def test_a_great_burst_is_no_small_one() -> None:
    assert learned((6_000,), (6_000,), (6_000,)).room(CAP) == 0


def test_todays_level_is_no_burst() -> None:
    usual, counts = window_with()
    seen = SmallBursts()
    seen.learn(usual, 1.4 * counts)
    assert seen.room(CAP) < 0.01 * CAP


def bursty(days: int) -> Seconds:
    """1,000 records a day, and on each fifth day 300 more within ten minutes."""
    even = np.arange(1_000 * days) * DAY // 1_000
    bursts = [
        day * DAY + (day * 7_919) % (DAY - 600) + np.arange(300) * 2 for day in range(3, days, 5)
    ]
    return int(START.timestamp()) + np.sort(np.concatenate([even, *bursts])).astype(np.int64)


@pytest.mark.parametrize("keeps", ["first", "last", "sample"])
def test_windows_of_several_small_bursts_are_seldom_truncated(keeps: str) -> None:
    days = 365
    times = bursty(days)
    planner = WindowPlanner([Window(START, START + timedelta(days=days))], cap=CAP)
    walked = walk_through(planner, times, KEEPS[keeps], most=200)
    assert len(walked.asked) <= 1.25 * len(times) / CAP
    assert walked.discarded <= 0.1 * len(times)
