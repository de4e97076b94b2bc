"""What day files tell of past traffic does not depend on the order in which their windows came."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from miatel import open_lake
from miatel.history import past_traffic
from miatel.lake.sink import LakeSink
from tests.support.raw_rows import accepted, between

DAY = 86_400
PARTS = [between(0, 30_000), between(30_000, 50_000), between(50_000, DAY)]
TODAY = between(DAY, 2 * DAY)


def expected_after(root: Path, order: list[int]) -> list[float]:
    """Hourly expectations for the day after one whose windows were landed in some order."""
    sink = LakeSink(open_lake(root), "run")
    for place in order:
        window = PARTS[place]
        rows = [
            {"sms_hub_switch_id": 1, "sms_hub_sms_id": second, "sms_hub_sms_time": moment}
            for second, moment in (
                (second, between(second, second + 1).start) for second in range(0, DAY, 60)
            )
            if window.start <= moment < window.end
        ]
        sink.add(accepted(window, rows))
    sink.finish_days([])
    traffic = past_traffic(open_lake(root), [TODAY])
    start, end = TODAY.unix_bounds
    return [traffic.expect(hour, hour + 3_600) for hour in range(start, end, 3_600)]


def test_windows_that_came_out_of_order_tell_the_same(tmp_path: Path) -> None:
    in_order = expected_after(tmp_path / "a", [0, 1, 2])
    assert np.allclose(in_order, 60)
    for name, order in (("b", [2, 0, 1]), ("c", [1, 2, 0])):
        assert np.allclose(expected_after(tmp_path / name, order), in_order)
