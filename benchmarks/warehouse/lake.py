"""A simulated history as landed day files, without HTTP: the simulator's records, our own writer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from miatel.coverage import Coverage
from miatel.day_file import DayFile
from miatel.lake import open_lake
from miatel.landing import rows_of
from miatel.windows import day_window
from miatel_simulator import Simulator


def land_days(
    root: Path, simulator: Simulator, first: date, days: int, requested_at: datetime
) -> int:
    """Land whole GMT days as one request each would.

    Args:
        root: the lake's directory.
        simulator: whose records.
        first: the first day.
        days: how many days from it on.
        requested_at: when the records were asked for; later receipts are not in them.

    Returns:
        How many records were landed.
    """
    simulator.set_now(requested_at)
    lake = open_lake(root)
    total = 0
    for day in (first + timedelta(days=number) for number in range(days)):
        window = day_window(day)
        records = simulator.truth(window.start, window.end)
        records = records.append_column("extra", pa.nulls(records.num_rows, pa.string()))
        rows = rows_of(records, window, requested_at, str(day))
        total += rows.num_rows
        file = DayFile(lake, day)
        file.add(
            rows,
            Coverage(
                window=window,
                rows=rows.num_rows,
                body_sha256=sha256(f"{day} {requested_at}".encode()).hexdigest(),
                requested_at=requested_at,
                run_id="benchmark",
                request=window,
                request_rows=rows.num_rows,
            ),
        )
        file.land()
    return total
