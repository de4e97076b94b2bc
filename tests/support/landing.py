"""A simulated history as landed day files, without HTTP: the simulator's records, our writer."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from miatel import Window, day_window, open_lake
from miatel.lake.coverage import Coverage
from miatel.lake.day_file import DayFile
from miatel.lake.sink import rows_of
from miatel_simulator import Simulator


def land_without_http(
    root: Path, simulator: Simulator, start: datetime, end: datetime, requested_at: datetime
) -> int:
    """Land the records of `[start, end)` as one request a GMT day would.

    Args:
        root: the lake's directory.
        simulator: whose records.
        start: first second, aware.
        end: the second after the last, aware.
        requested_at: when the records were asked for; later receipts are not in them.

    Returns:
        How many records were landed.
    """
    simulator.set_now(requested_at)
    lake = open_lake(root)
    total = 0
    for day in Window(start, end).days():
        window = Window(start, end).intersect(day_window(day))
        assert window is not None
        records = simulator.truth(window.start, window.end)
        records = records.append_column("extra", pa.nulls(records.num_rows, pa.string()))
        rows = rows_of(records, window, requested_at, str(day))
        coverage = Coverage(
            window=window,
            rows=rows.num_rows,
            body_sha256=sha256(f"{window} {requested_at}".encode()).hexdigest(),
            requested_at=requested_at,
            run_id="simulated",
            request=window,
            request_rows=rows.num_rows,
        )
        file = DayFile(lake, day)
        file.add(rows, coverage)
        file.land()
        total += rows.num_rows
    return total
